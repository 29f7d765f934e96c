/** `curfew explain`: why you may ask for something or not, who approves it, and which rule set its time. */
import type { Command } from 'commander';
import type { FlowView } from '../../shared/api/flow-view.ts';
import { routes } from '../../shared/api/routes.ts';
import type { Explanation } from '../../shared/api/system-routes.ts';
import { CliError } from '../cli-error.ts';
import { describeApproval } from '../describe-approval.ts';
import { describeEntitlement } from '../describe-grant.ts';
import { parseEntitlement } from '../parse-entitlement.ts';
import { readList } from '../pages.ts';
import { choose } from '../prompt.ts';
import type { Session } from '../session.ts';
import type { Shell } from '../shell.ts';
import { pairs } from '../table.ts';
import { verb } from '../verb.ts';

interface Options {
  flow?: string;
  person?: string;
}

export function explain(shell: Shell): Command {
  return verb<[string | undefined], Options>(shell, {
    usage: 'explain [what]',
    summary: 'say why you may ask for something, or why not',
    arguments: { what: 'integration/resource/permission, or the id of a flow' },
    options: [
      ['--flow <id>', 'by this flow only'],
      ['--person <id>', 'about somebody else (admins)'],
    ],
    examples: [
      'explain orders-db/orders/admin',
      'explain orders-write',
      'explain orders-db/orders/write --person ben',
    ],
    run,
  });
}

async function run(session: Session, [what]: [string | undefined], options: Options): Promise<void> {
  const text = what ?? options.flow ?? (await askWhat(session));
  const entitlement = text.includes('/')
    ? describeEntitlement({ entitlement: parseEntitlement(text, session.shell.name) })
    : undefined;
  const flow = entitlement === undefined ? text : options.flow;
  const flows = flow === undefined ? await flowsFor(session, entitlement ?? '') : [flow];
  const client = session.client();
  const { person } = options;
  const items: Explanation[] = [];
  for (const id of flows)
    items.push(
      (await client.call(routes.explainFlow, { params: { id }, query: { person, entitlement } })).body,
    );
  const sorted = items.toSorted((a, b) => rank(a) - rank(b));
  session.out.result({ items: sorted }, sorted.map((one) => describe(session, one)).join('\n\n'));
}

async function askWhat(session: Session): Promise<string> {
  const { items } = await readList<FlowView>(session.client(), routes.listFlows, {}, { most: 2000 });
  const choices = items.map(({ id, name }) => ({ name: `${id}  ${name}`, value: id }));
  return choose(
    session,
    'Which flow?',
    choices,
    'what to explain (integration/resource/permission, or a flow)',
  );
}

/** Every flow that speaks of it; all of them where none does, since each says why. */
async function flowsFor(session: Session, entitlement: string): Promise<string[]> {
  const { items } = await readList<FlowView>(session.client(), routes.listFlows, {}, { most: 2000 });
  if (items.length === 0) throw new CliError('notFound', 'There are no access flows.');
  const asked = parseEntitlement(entitlement, session.shell.name);
  const speaking = items.filter(({ entitlements }) =>
    entitlements.some(
      ({ integration = asked.integration, resource = asked.resource, permission = asked.permission }) =>
        integration === asked.integration && resource === asked.resource && permission === asked.permission,
    ),
  );
  return (speaking.length > 0 ? speaking : items).map(({ id }) => id);
}

/** First the one that a request would follow, then those that allow it. */
function rank({ chosen, allowed }: Explanation): number {
  return (chosen ? 0 : 2) + (allowed ? 0 : 1);
}

function describe({ out }: Session, one: Explanation): string {
  const verdict = out.paint(one.allowed ? 'green' : 'red', one.allowed ? 'yes' : 'no');
  const steps = one.steps.map(
    ({ ok, question, detail }) =>
      `  ${ok ? out.paint('green', '✓') : out.paint('red', '✗')} ${question} ${detail}`,
  );
  const facts = pairs(out, [
    ['  approval', describeApproval(one.approval)],
    [
      '  time',
      one.lifetime && `${one.lifetime.default}, at most ${one.lifetime.max}, by ${one.lifetime.rule}`,
    ],
    [
      '  chosen',
      one.chosen === undefined
        ? undefined
        : one.chosen
          ? 'a request that names no flow follows this one'
          : 'only by --flow',
    ],
  ]);
  const about = one.entitlement ? ` for ${describeEntitlement({ entitlement: one.entitlement })}` : '';
  return [
    `${verdict}: ${one.person.name}, by the flow ${one.flow.id}${about}. ${one.because}`,
    ...steps,
    facts,
  ].join('\n');
}
