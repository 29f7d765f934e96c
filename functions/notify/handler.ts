/** Event bus -> people. So far it tells nobody: it notes which event came, and nothing of what it says. */
import { eventHandler } from '../../shared/lambda/event-handler.ts';
import { readEnv } from '../../shared/lambda/env.ts';
import { log } from '../../shared/lambda/log.ts';
import { Env } from './env.ts';

readEnv(Env);

interface Happened {
  'detail-type': string;
  detail: { id: string };
}

export const handler = eventHandler(async (event: Happened): Promise<void> => {
  log('info', 'event', { eventId: event.detail.id, eventType: event['detail-type'] });
});
