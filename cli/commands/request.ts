/** `curfew request`: asks for access, and on a terminal waits until it is there, or until somebody said no. */
import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { SubmitRequest } from '../../shared/api/request-routes.ts';
import type { RequestView } from '../../shared/api/request-view.ts';
import { routes } from '../../shared/api/routes.ts';
import type * as z from 'zod';
import { completeRequest } from '../complete-request.ts';
import { parseDuration } from '../parse-duration.ts';
import { showPlan } from '../show-plan.ts';
import { showRequest } from '../show-request.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { verb } from '../verb.ts';
import { waitForAccess } from '../wait-for-access.ts';

export interface RequestOptions {
  duration?: string;
  for?: string;
  reason?: string;
  flow?: string;
  grantee?: string;
  dryRun?: boolean;
  wait?: boolean;
  timeout?: string;
  idempotencyKey?: string;
}

export function request(shell: Shell): Command {
  return verb<[string[]], RequestOptions>(shell, {
    usage: 'request [entitlements...]',
    summary: 'ask for access',
    about:
      'On a terminal it asks for what you left out, and waits until the access is there. Ctrl-C stops the waiting only: the request stays open.',
    arguments: { entitlements: 'integration/resource/permission, as `catalog` lists them; up to 20' },
    options: [
      ['-d, --duration <duration>', 'for how long: 90s, 45m, 8h (default: what the flow says)'],
      ['--for <duration>', 'the same as --duration'],
      ['-r, --reason <text>', 'why; it is kept on record'],
      ['--flow <id>', 'the access flow to follow, where several fit'],
      ['--grantee <person>', 'who is to get it (default: you)'],
      ['--dry-run', 'only say what would happen, and by which rule'],
      [
        '--wait',
        'wait for approvers, too (default: on a terminal; elsewhere only where nobody has to approve)',
      ],
      ['--no-wait', 'do not wait at all'],
      ['--timeout <duration>', 'wait no longer than this; then exit with 8'],
      new Option(
        '--idempotency-key <key>',
        'the same key again never makes a second request (default: a new one)',
      ),
    ],
    examples: [
      'request',
      'request orders-db/orders/read --for 20m --reason "Order 1234 shows twice"',
      'request orders-db/orders/admin -d 5m -r "OPS-17: drop the old index" --dry-run',
      'request orders-db/orders/write -r "Fix order 99" --wait --timeout 10m --json',
    ],
    run: (session, [entitlements], options) => run(session, entitlements, options),
  });
}

async function run(session: Session, entitlements: string[], options: RequestOptions): Promise<void> {
  const timeoutSeconds =
    options.timeout === undefined ? undefined : parseDuration(options.timeout, '--timeout');
  const body = await completeRequest(session, entitlements, options);
  if (body.dryRun) return showPlan(session, await plan(session, body));
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  const made = await submit(session, body, idempotencyKey);
  if (options.wait === false) return showRequest(session, made);
  const forPeople = options.wait ?? session.interactive;
  const waited = await waitForAccess(session, made, { forPeople, timeoutSeconds });
  showRequest(session, waited.request, waited.lost);
  if (waited.verdict) throw waited.verdict;
}

async function submit(
  session: Session,
  body: z.input<typeof SubmitRequest>,
  idempotencyKey: string,
): Promise<RequestView> {
  const answer = await session.client().call(routes.submitRequest, { body, idempotencyKey });
  if (answer.status === 201) return answer.body;
  throw new Error('the server took a request for a dry run');
}

async function plan(session: Session, body: z.input<typeof SubmitRequest>) {
  const answer = await session.client().call(routes.submitRequest, { body });
  if (answer.status === 200) return answer.body;
  throw new Error('the server took a dry run for a request');
}
