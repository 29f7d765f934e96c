/** What every refusal looks like: `application/problem+json` (RFC 9457). Each `type` is documented in docs/errors.md. */
import * as z from 'zod';
import { type ErrorCode, errors } from '../model/errors.ts';

const codes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

export const Problem = z
  .object({
    type: z.string().meta({ description: 'Address of what this kind of problem means, at the same server.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string().meta({ description: 'What happened here, and what to do next.' }),
    rule: z.string().optional().meta({ description: 'The rule that refused, with 422.' }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: 'Where in the request: `$.reason`, `query.limit`.' }),
          message: z.string(),
        }),
      )
      .optional(),
    correlationId: z.string().meta({ description: 'Name this when you ask for help: the log has it too.' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** Path of the page that explains a code: `RevokeBlocked` -> `/problems/revoke-blocked`. */
export function problemPath(code: ErrorCode): string {
  return `/problems/${code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`;
}
