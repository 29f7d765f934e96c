/** What the environment of a function may hold, piece by piece: each function's `env.ts` takes what it needs of it. */
import * as z from 'zod';

/** The table, and whose artefacts are ours. Every function that runs a use case has it. */
export const CoreEnv = z.object({ TABLE_NAME: z.string().min(3), INSTALLATION: z.string().min(2) });
export type CoreEnv = z.infer<typeof CoreEnv>;

/** For functions that start executions. Those of the workflow itself have none: they only wake. */
export const WorkflowEnv = z.object({ MACHINE_ARN: z.string().startsWith('arn:') });

/** For functions that call targets: where their secrets are, `<prefix><name in the configuration>` in Secrets Manager. */
export const TargetEnv = z.object({ SECRET_PREFIX: z.string().min(1) });
export type TargetEnv = z.infer<typeof TargetEnv>;

/** For functions that act for people: which group holds which right, `RightGroups` as JSON. */
export const RightsEnv = z.object({ RIGHTS: z.string().min(2) });
