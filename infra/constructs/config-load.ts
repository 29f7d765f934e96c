/** Loads the configuration into the table as the last act of a deployment: a new version of what changed, and who deployed it. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from '../../shared/model/config.ts';
import type { ServiceFunction } from './service-function.ts';

interface ConfigLoadProps {
  load: ServiceFunction;
  digest: string;
  deployedBy: string;
}

export class ConfigLoad extends Construct {
  constructor(scope: Construct, id: string, { load, digest, deployedBy }: ConfigLoadProps) {
    super(scope, id);
    // By the alias it comes after the new version of the function, its role with all its rights, and the table.
    new CustomResource(this, 'Resource', {
      serviceToken: load.live.functionArn,
      resourceType: 'Custom::CurfewConfiguration',
      serviceTimeout: Duration.minutes(10),
      properties: { ConfigDigest: digest, DeployedBy: deployedBy },
    });
  }
}

/** Writes the configuration beside the bundle that loads it. Answers with its digest. */
export function writeConfig(config: Config, bundle: string): string {
  const text = JSON.stringify(config);
  writeFileSync(join(bundle, 'config.json'), text);
  return createHash('sha256').update(text).digest('hex');
}
