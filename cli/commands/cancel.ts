/** `curfew cancel`: takes back a request, as far as nothing was granted yet. */
import type { Command } from 'commander';
import type { RequestView } from '../../shared/api/request-view.ts';
import { routes } from '../../shared/api/routes.ts';
import { findRequest } from '../find-request.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { showRequest } from '../show-request.ts';
import { verb } from '../verb.ts';

interface Options {
  reason?: string;
}

export function cancel(shell: Shell): Command {
  return verb<[string | undefined], Options>(shell, {
    usage: 'cancel [request]',
    summary: 'take back a request of yours',
    about:
      'It cancels every grant of it that is still pending or approved. What is active already is ended with `revoke`.',
    arguments: { request: 'its id, or the beginning or ending of it' },
    options: [['-r, --reason <text>', 'why, for the record']],
    examples: ['cancel', 'cancel 7f3k2a9x --reason "Found it in the logs"'],
    run,
  });
}

async function run(session: Session, [typed]: [string | undefined], { reason }: Options): Promise<void> {
  const request = await findRequest(session, { typed, list: 'mine', fits: canBeCancelled });
  const body = reason === undefined ? {} : { reason };
  const answer = await session.client().call(routes.cancelRequest, { params: { id: request.id }, body });
  showRequest(session, answer.body);
}

function canBeCancelled({ grants }: RequestView): boolean {
  return grants.some(({ status }) => status === 'pending' || status === 'approved');
}
