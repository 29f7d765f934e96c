/** How long a grant may live: the default and the most that a flow allows for one entitlement, and by which rule. */
import type { Flow } from '../model/flow.ts';
import { formatDuration } from '../model/time.ts';
import { dimensions, type EntitlementFacts, matches } from './match-flow.ts';

/** `rule` is `flow:<id> lifetime`, or `flow:<id> lifetime.rules[<n>]` counted from 0 as in the configuration. */
export interface ResolvedLifetime {
  defaultSeconds: number;
  maxSeconds: number;
  rule: string;
}

export type ChosenLifetime =
  | { ok: true; seconds: number; maxSeconds: number; rule: string }
  | { ok: false; reason: string; rule: string };

/** What was wanted, or the default when nothing was. More than the maximum is refused, never cut down silently. */
export function chooseLifetime(flow: Flow, target: EntitlementFacts, wantedSeconds?: number): ChosenLifetime {
  const { defaultSeconds, maxSeconds, rule } = resolveLifetime(flow, target);
  const seconds = wantedSeconds ?? defaultSeconds;
  const most = `The flow ${flow.id} allows at most ${formatDuration(maxSeconds)} here`;
  if (!Number.isSafeInteger(seconds) || seconds < 1)
    return { ok: false, reason: `${most}, and at least 1s, in whole seconds.`, rule };
  if (seconds > maxSeconds)
    return { ok: false, reason: `${most}; ${formatDuration(seconds)} was asked for. Ask for less.`, rule };
  return { ok: true, seconds, maxSeconds, rule };
}

/**
 * The lifetime that the most specific rule gives: the one that names most dimensions. Ties go to the shorter maximum,
 * then to the shorter default, then to the earlier rule. The flow's own lifetime is the rule that names none.
 */
export function resolveLifetime(flow: Flow, target: EntitlementFacts): ResolvedLifetime {
  const { default: usual, max, rules } = flow.lifetime;
  const own = { defaultSeconds: usual, maxSeconds: max, rule: `flow:${flow.id} lifetime`, named: 0 };
  const candidates = rules.flatMap((rule, n) =>
    matches(rule.when, target)
      ? {
          // A rule that shortens the maximum shortens the flow's default with it.
          defaultSeconds: rule.default ?? Math.min(usual, rule.max),
          maxSeconds: rule.max,
          rule: `flow:${flow.id} lifetime.rules[${n}]`,
          named: dimensions.filter((dimension) => rule.when[dimension] !== undefined).length,
        }
      : [],
  );
  const { named: _, ...resolved } = candidates.reduce((best, next) => (wins(next, best) ? next : best), own);
  return resolved;
}

type Candidate = ResolvedLifetime & { named: number };

function wins(next: Candidate, best: Candidate): boolean {
  if (next.named !== best.named) return next.named > best.named;
  if (next.maxSeconds !== best.maxSeconds) return next.maxSeconds < best.maxSeconds;
  return next.defaultSeconds < best.defaultSeconds;
}
