/**
 * The subset of the Amazon States Language (JSONPath) that grant.asl.json uses, as zod schemas. They are strict: a field
 * outside the subset is refused when the machine is loaded, so nothing is ever silently ignored that AWS would obey.
 */
import * as z from 'zod';

const Comment = z.string().optional();
const Name = z.string().min(1).max(80);

/** `$`, `$.a`, `$.a.b` */
const Path = z.string().regex(/^\$(\.[A-Za-z_]\w*)*$/, 'must be a path such as $.status');
const ContextPath = z
  .string()
  .regex(
    /^(\$(\.[A-Za-z_]\w*)*|\$\$\.Execution\.(Name|Input(\.[A-Za-z_]\w*)*)|\$\$\.Task\.Token)$/,
    'must be a path, $$.Execution.Name, $$.Execution.Input or $$.Task.Token',
  );

export type Condition =
  | { And: Condition[] }
  | { Or: Condition[] }
  | { Not: Condition }
  | { Variable: string; IsPresent: boolean }
  | { Variable: string; StringEquals: string }
  | { Variable: string; NumericGreaterThan: number };

const nested = z.lazy(() => Condition);
const forms = {
  And: { And: z.array(nested).min(1) },
  Or: { Or: z.array(nested).min(1) },
  Not: { Not: nested },
  IsPresent: { Variable: Path, IsPresent: z.boolean() },
  StringEquals: { Variable: Path, StringEquals: z.string() },
  NumericGreaterThan: { Variable: Path, NumericGreaterThan: z.number() },
};
const Condition: z.ZodType<Condition> = z.union([
  z.strictObject(forms.And),
  z.strictObject(forms.Or),
  z.strictObject(forms.Not),
  z.strictObject(forms.IsPresent),
  z.strictObject(forms.StringEquals),
  z.strictObject(forms.NumericGreaterThan),
]);
const rule = { Next: Name, Comment };
const ChoiceRule = z.union([
  z.strictObject({ ...forms.And, ...rule }),
  z.strictObject({ ...forms.Or, ...rule }),
  z.strictObject({ ...forms.Not, ...rule }),
  z.strictObject({ ...forms.IsPresent, ...rule }),
  z.strictObject({ ...forms.StringEquals, ...rule }),
  z.strictObject({ ...forms.NumericGreaterThan, ...rule }),
]);

/** Errors of AWS's own that a machine of this subset can meet, and any name a function may throw. */
const ErrorName = z
  .string()
  .min(1)
  .refine(
    (name) =>
      !name.startsWith('States.') || ['States.ALL', 'States.TaskFailed', 'States.Timeout'].includes(name),
    'is not an error of the subset',
  );
const ErrorEquals = z.array(ErrorName).min(1);

export const Retrier = z.strictObject({
  ErrorEquals,
  IntervalSeconds: z.int().min(1).max(99_999_999).default(1),
  BackoffRate: z.number().min(1).default(2),
  MaxAttempts: z.int().min(0).max(99_999_999).default(3),
  MaxDelaySeconds: z.int().min(1).max(31_622_399).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
  Comment,
});
export type Retrier = z.infer<typeof Retrier>;

const ResultPath = Path.nullable();
export const Catcher = z.strictObject({
  ErrorEquals,
  ResultPath: ResultPath.default('$'),
  Next: Name,
  Comment,
});
export type Catcher = z.infer<typeof Catcher>;

const transition = { Next: Name.optional(), End: z.literal(true).optional(), Comment };

export const Task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.enum(['arn:aws:states:::lambda:invoke', 'arn:aws:states:::lambda:invoke.waitForTaskToken']),
  Parameters: z.strictObject({
    FunctionName: z.string().regex(/^\$\{([A-Z][A-Za-z]*)Arn\}$/, 'must be such as ${RevokeAccessArn}'),
    Payload: z.record(z.string().regex(/^[A-Za-z]\w*\.\$$/, 'must end in .$'), ContextPath),
  }),
  ResultPath: ResultPath.default('$'),
  OutputPath: Path.default('$'),
  TimeoutSeconds: z.int().min(1).max(99_999_999).optional(),
  TimeoutSecondsPath: Path.optional(),
  Retry: z.array(Retrier).default([]),
  Catch: z.array(Catcher).default([]),
  ...transition,
});
export type Task = z.infer<typeof Task>;

export const Choice = z.strictObject({
  Type: z.literal('Choice'),
  Choices: z.array(ChoiceRule).min(1),
  Default: Name.optional(),
  Comment,
});
export type Choice = z.infer<typeof Choice>;

export const Wait = z.strictObject({
  Type: z.literal('Wait'),
  Seconds: z.int().min(1).max(99_999_999),
  ...transition,
});
export type Wait = z.infer<typeof Wait>;

export const State = z.discriminatedUnion('Type', [Task, Choice, Wait]);
export type State = z.infer<typeof State>;

export const Machine = z.strictObject({ Comment, StartAt: Name, States: z.record(Name, State) });
export type Machine = z.infer<typeof Machine>;

/** `${RevokeAccessArn}` -> `revoke-access` */
export function functionNameOf(task: Task): string {
  const verb = task.Parameters.FunctionName.slice(2, -4);
  return verb.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();
}

export function waitsForToken(task: Task): boolean {
  return task.Resource.endsWith('.waitForTaskToken');
}
