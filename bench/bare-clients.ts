/** What a function is measured against: the SDK's clients of the services that it calls, made and called once, and nothing else. */
import type { Metafile } from 'esbuild';

/** Of each service its client, and a call of it. */
const calls = {
  dynamodb: ['DynamoDBClient', 'GetItemCommand', '{ TableName: "ttt", Key: { pk: { S: "a" } } }'],
  sfn: ['SFNClient', 'SendTaskSuccessCommand', '{ taskToken: "t", output: "{}" }'],
  'secrets-manager': ['SecretsManagerClient', 'GetSecretValueCommand', '{ SecretId: "s" }'],
  lambda: ['LambdaClient', 'InvokeCommand', '{ FunctionName: "f" }'],
  eventbridge: ['EventBridgeClient', 'PutEventsCommand', '{ Entries: [] }'],
  iam: ['IAMClient', 'GetRoleCommand', '{ RoleName: "r" }'],
  sts: ['STSClient', 'GetCallerIdentityCommand', '{}'],
} as const;

export type Service = keyof typeof calls;

/** The services whose clients a bundle holds. */
export function servicesIn({ inputs }: Metafile): Service[] {
  const files = Object.keys(inputs);
  return (Object.keys(calls) as Service[]).filter((service) =>
    files.some((file) => file.includes(`node_modules/@aws-sdk/client-${service}/`)),
  );
}

/** A module whose `handler` calls the first of them. Each keeps the calls of the others in its bundle. */
export function bareSource(services: Service[]): string {
  const parts = services.map((service, i) => {
    const [client, command, input] = calls[service];
    return [
      `import { ${client}, ${command} } from '@aws-sdk/client-${service}';`,
      `const client${i} = new ${client}({});`,
      `export const call${i} = () => client${i}.send(new ${command}(${input}));`,
    ].join('\n');
  });
  return `${parts.join('\n')}\nexport const handler = call0;\n`;
}
