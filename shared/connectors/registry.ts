/** Which connector serves which kind of integration. The one place to change for a new kind. */
import type { Clock, Ports, Secrets } from '../ports.ts';
import { createAwsIam } from './aws-iam/aws-iam.ts';
import { createPostgresql } from './postgresql/postgresql.ts';

/** Every connector there is. None connects before it is called; whoever makes them closes them. */
export function createConnectors(ports: { secrets: Secrets; clock: Clock }): Ports['connectors'] {
  return { postgresql: createPostgresql(ports), 'aws-iam': createAwsIam(ports) };
}
