/** Makes a request of what was typed, and asks for the rest where somebody can be asked. */
import type * as z from 'zod';
import type { CatalogItem } from '../shared/api/me-routes.ts';
import type { SubmitRequest } from '../shared/api/request-routes.ts';
import { routes } from '../shared/api/routes.ts';
import { parseDuration as durationOf } from '../shared/model/time.ts';
import { CliError } from './cli-error.ts';
import type { RequestOptions } from './commands/request.ts';
import { describeApproval } from './describe-approval.ts';
import { readList } from './pages.ts';
import { parseDuration } from './parse-duration.ts';
import { parseEntitlement } from './parse-entitlement.ts';
import { askText, askYesNo, choose, missingArgument } from './prompt.ts';
import type { Session } from './session.ts';

type Body = z.input<typeof SubmitRequest>;
type Asked = Body['entitlements'][number];

/** Throws `usage`, naming everything that is missing, where nobody can be asked. */
export async function completeRequest(
  session: Session,
  typed: string[],
  options: RequestOptions,
): Promise<Body> {
  const { grantee, flow, dryRun, reason } = options;
  const duration = options.duration ?? options.for;
  if (duration !== undefined)
    parseDuration(duration, options.duration === undefined ? '--for' : '--duration');
  const entitlements = typed.map((text): Asked => parseEntitlement(text, session.shell.name));
  if (!session.interactive) demandAll(typed, reason);
  const wizard = typed.length === 0 ? await pickOne(session) : undefined;
  if (wizard)
    entitlements.push({
      integration: wizard.integration,
      resource: wizard.resource,
      permission: wizard.permission,
    });
  const body: Body = {
    entitlements: entitlements.map((one) => ({ ...one, ...(flow !== undefined && { flow }) })),
    ...withDuration(duration ?? (wizard && (await askDuration(session, wizard)))),
    reason: reason ?? (await askReason(session, wizard)),
    ...(grantee !== undefined && { for: grantee }),
    ...(dryRun === true && { dryRun }),
  };
  if (wizard && !dryRun) await confirm(session, wizard, body);
  return body;
}

function demandAll(typed: string[], reason: string | undefined): void {
  const missing = [
    ...(typed.length === 0 ? ['what to ask for (integration/resource/permission)'] : []),
    ...(reason === undefined ? ['--reason'] : []),
  ];
  if (missing.length > 0) throw missingArgument(missing.join(' and '));
}

function withDuration(duration: string | undefined): { duration?: string } {
  return duration === undefined ? {} : { duration };
}

async function pickOne(session: Session): Promise<CatalogItem> {
  const { items } = await readList<CatalogItem>(session.client(), routes.listCatalog, {}, { most: 2000 });
  if (items.length === 0) throw new CliError('refused', 'There is nothing that you may ask for.');
  const choices = items.map((item) => ({
    name: `${item.integration}/${item.resource}/${item.permission}  ${item.names.permission}`,
    value: item,
    description: `${item.names.integration}; at most ${item.maxDuration}; approval: ${describeApproval(item.approval)}`,
  }));
  return choose(session, 'What do you need? (type to search)', choices, 'what to ask for');
}

async function askDuration(session: Session, { defaultDuration, maxDuration }: CatalogItem): Promise<string> {
  const most = durationOf(maxDuration) ?? 0;
  const check = (text: string) => {
    const seconds = durationOf(text);
    if (seconds === undefined) return 'Write it like 90s, 45m or 8h.';
    return seconds <= most || `At most ${maxDuration}.`;
  };
  const message = `For how long? (at most ${maxDuration})`;
  return askText(session, { message, initial: defaultDuration, check }, '--duration');
}

async function askReason(session: Session, item: CatalogItem | undefined): Promise<string> {
  const rule = item?.reason;
  const check = (text: string) => {
    if (text.trim() === '') return 'Say why, in words that whoever decides or audits understands.';
    return !rule || new RegExp(rule.pattern, 'u').test(text) || rule.hint;
  };
  return askText(session, { message: `Why?${rule ? ` (${rule.hint})` : ''}`, check }, '--reason');
}

async function confirm(session: Session, item: CatalogItem, { duration }: Body): Promise<void> {
  const who =
    item.approval === 'automatic'
      ? 'approved automatically'
      : `needs approval by ${describeApproval(item.approval)}`;
  const yes = await askYesNo(
    session,
    `Ask for "${item.names.permission}" for ${duration ?? item.defaultDuration} (${who})?`,
    true,
  );
  if (!yes) throw new CliError('interrupted', 'Nothing was asked for.');
}
