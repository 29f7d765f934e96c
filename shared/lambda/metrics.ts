/** Metrics of a function, in CloudWatch's embedded format: written to its log, and no call of its own. */
import { Metrics } from '@aws-lambda-powertools/metrics';

/** The library warns of every call that has none to publish: a line each, of words that are not ours. */
const silent = () => undefined;

/** The alarms of infra/ look for this name space. `service` is the function. */
export const metrics = new Metrics({
  namespace: 'Curfew',
  logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
});
