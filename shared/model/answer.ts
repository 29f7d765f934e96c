/** What came of a use case, as one function tells it to another: its value, or the refusal that a person is to read. */
import * as z from 'zod';
import { CurfewError, type ErrorCode, type ErrorDetails, errors, isCurfewError } from './errors.ts';

const codes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

const Refusal = z.object({
  code: z.enum(codes),
  detail: z.string(),
  rule: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  effective: z.boolean().optional(),
});

const Answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: Refusal }),
]);
export type Answer = z.infer<typeof Answer>;

/** The answer to what was thrown. Of anything unexpected nothing is told but that. */
export function refusalOf(thrown: unknown): Answer {
  if (!isCurfewError(thrown) || thrown.code === 'Internal')
    return { ok: false, error: { code: 'Internal', detail: errors.Internal.title } };
  const { code, message: detail, details } = thrown;
  return { ok: false, error: { code, detail, ...told(details) } };
}

/** The value of an answer. Throws its refusal as it was thrown there, and `Internal` for what is no answer. */
export function valueOf(answer: unknown): unknown {
  const parsed = Answer.safeParse(answer);
  if (!parsed.success) throw new CurfewError('Internal', 'The function answered something else.');
  if (parsed.data.ok) return parsed.data.value;
  const { code, detail, ...details } = parsed.data.error;
  throw new CurfewError(code, detail, told(details));
}

/** What a person is told besides. What was behind it stays where it happened. */
function told({
  rule,
  errors: faults,
  effective,
}: Omit<z.infer<typeof Refusal>, 'code' | 'detail'>): ErrorDetails {
  return {
    ...(rule !== undefined && { rule }),
    ...(faults !== undefined && { errors: faults }),
    ...(effective !== undefined && { effective }),
  };
}
