/** An approver's yes or no, to every grant of a request that waits for them, or to those named. */
import type { Command } from 'commander';
import type { Decided } from '../shared/api/request-routes.ts';
import { routes } from '../shared/api/routes.ts';
import { CliError } from './cli-error.ts';
import { describeEntitlement } from './describe-grant.ts';
import { findRequest } from './find-request.ts';
import { askText } from './prompt.ts';
import type { RequestView } from '../shared/api/request-view.ts';
import type { Session } from './session.ts';
import type { Shell } from './shell.ts';
import { mayMean, shortId, typedId } from './short-id.ts';
import { table } from './table.ts';
import { verb } from './verb.ts';

interface Options {
  reason?: string;
  grant?: string[];
}

/** The command `approve` or `reject`. */
export function decide(shell: Shell, decision: 'approve' | 'reject'): Command {
  return verb<[string | undefined], Options>(shell, {
    usage: `${decision} [request]`,
    summary: `${decision} a request that waits for you`,
    about:
      'It decides every grant of the request that you may decide. On a terminal you can leave the request out, and pick it.',
    arguments: { request: 'its id, or the beginning or ending of it' },
    options: [
      [
        '-r, --reason <text>',
        decision === 'approve' ? 'a word about it, for the record' : 'why not; the requester sees it',
      ],
      ['-g, --grant <id...>', 'only these grants of the request'],
    ],
    examples: [
      decision,
      `${decision} 7f3k2a9x${decision === 'reject' ? ' --reason "Ask for read access first"' : ''}`,
    ],
    run: (session, [typed], options) => run(session, decision, typed, options),
  });
}

async function run(
  session: Session,
  decision: 'approve' | 'reject',
  typed: string | undefined,
  options: Options,
): Promise<void> {
  const fits = ({ status }: RequestView) => status === 'pending';
  const request = await findRequest(session, { typed, list: 'waiting', fits });
  const grants = options.grant?.map((text) => grantOf(request, text));
  const reason =
    options.reason ?? (decision === 'reject' && session.interactive ? await askWhyNot(session) : undefined);
  const route = decision === 'approve' ? routes.approveRequest : routes.rejectRequest;
  const body = { ...(reason !== undefined && { reason }), ...(grants && { grants }) };
  const answer = await session.client().call(route, { params: { id: request.id }, body });
  show(session, answer.body);
}

function grantOf({ grants, id: requestId }: RequestView, text: string): string {
  const [only, ...others] = grants.filter(({ id }) => mayMean(typedId(text), id));
  if (only && others.length === 0) return only.id;
  throw new CliError(
    'usage',
    `"${text}" means ${only ? 'more than one grant' : 'no grant'} of request ${requestId}.`,
  );
}

async function askWhyNot(session: Session): Promise<string> {
  return askText(session, { message: 'Why not? (the requester sees it; may be left empty)' }, '--reason');
}

const words: Record<Decided['results'][number]['outcome'], string> = {
  approved: 'approved',
  recorded: 'your approval counts; another one is still missing',
  rejected: 'rejected',
  skipped: 'not decided',
};

function show({ out }: Session, decided: Decided): void {
  const { results, request } = decided;
  const rows = results.map((result) => ({
    ...result,
    grant: request.grants.find(({ id }) => id === result.grantId),
  }));
  const text = table(
    out,
    rows,
    [
      { title: 'GRANT', value: ({ grantId }) => shortId(grantId) },
      { title: 'FOR', value: () => request.grantee.name },
      { title: 'ENTITLEMENT', value: ({ grant }) => (grant ? describeEntitlement(grant) : '') },
      {
        title: 'RESULT',
        value: ({ outcome, detail }) => [words[outcome], detail].filter(Boolean).join(': '),
        flexible: true,
      },
    ],
    'There was nothing to decide.',
  );
  out.result(decided, text);
}
