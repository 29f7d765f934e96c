/** Which connector serves which kind of integration. For functions that call no target: facts.ts. A new kind stands in both. */
import type { Clock, Ports, Secrets } from '../ports.ts';
import { awsIamFacts } from './aws-iam/facts.ts';
import { lazyConnector } from './lazy.ts';
import { postgresqlFacts } from './postgresql/facts.ts';

/** Every connector there is. None connects before it is called; whoever makes them closes them. */
export function createConnectors(ports: { secrets: Secrets; clock: Clock }): Ports['connectors'] {
  return {
    postgresql: lazyConnector(postgresqlFacts, async () => {
      const { createPostgresql } = await import('./postgresql/postgresql.ts');
      return createPostgresql(ports);
    }),
    'aws-iam': lazyConnector(awsIamFacts, async () => {
      const { createAwsIam } = await import('./aws-iam/aws-iam.ts');
      return createAwsIam(ports);
    }),
  };
}
