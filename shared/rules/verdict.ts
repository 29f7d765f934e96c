/** The answer of a rule that says yes or no. "No" is a value with a reason, never an exception. */

/** `rule` names what refused, the way a person finds it in the configuration: `flow:orders-read requesters`. */
export type Verdict = { ok: true } | { ok: false; reason: string; rule?: string };

export const yes: Verdict = { ok: true };

/** A refusal. `reason` is one sentence that says what is wrong and, where it can, what to do next. */
export function no(reason: string, rule?: string): Extract<Verdict, { ok: false }> {
  return rule === undefined ? { ok: false, reason } : { ok: false, reason, rule };
}
