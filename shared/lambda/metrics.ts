/** Metrics of a function, in CloudWatch's embedded format: written to its log, and no call of its own. */
import { Metrics } from '@aws-lambda-powertools/metrics';

/** The alarms of infra/ look for this name space. `service` is the function. */
export const metrics = new Metrics({ namespace: 'Curfew' });
