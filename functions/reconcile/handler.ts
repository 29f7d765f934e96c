/** The guarantee behind the executions: twice a minute what is due, and at once a grant whose execution ended without it. */
import type { Context } from 'aws-lambda';
import { createPorts } from '../../shared/aws/ports.ts';
import { createSecrets } from '../../shared/aws/secrets.ts';
import { createConnectors } from '../../shared/connectors/registry.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { eventHandler, failedItems } from '../../shared/lambda/event-handler.ts';
import { thenRest } from '../../shared/lambda/then-rest.ts';
import { Env } from './env.ts';
import { createLook } from './look.ts';
import { messagesOf, occasionOf } from './occasion.ts';

const env = readEnv(Env);
const ports = createPorts(env, { secrets: createSecrets(env), connectors: createConnectors });
const { look, lookAt } = createLook(ports, env.MACHINE_ARN);

export const handler = eventHandler(thenRest(ports, answer));

/** From the bus: throws, and is called again by Lambda. From a queue: hands back the messages that did not work. */
async function answer(event: unknown, context: Context) {
  const messages = messagesOf(event);
  if (!messages) return lookAt(occasionOf(event), context);
  const failed: string[] = [];
  const ticks = messages.filter(({ occasion }) => occasion.kind === 'tick');
  const others = messages.filter(({ occasion }) => occasion.kind !== 'tick');
  for (const { id, occasion } of others) await lookAt(occasion, context).catch(() => failed.push(id));
  // Several that waited are one look.
  if (ticks.length > 0) await look(context).catch(() => failed.push(...ticks.map(({ id }) => id)));
  return failedItems(failed);
}
