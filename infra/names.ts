/** Names of what others must find: in trust policies, in commands, in the emulator's tests. All carry the stage. */
import type { FunctionName } from './function-names.ts';

export interface Named {
  name: string;
}

export const names = {
  stack: (stage: Named, part: string) => `curfew-${stage.name}-${part}`,
  /** Of the table, the event bus and the API. */
  main: (stage: Named) => `curfew-${stage.name}`,
  /** Of a function and of its role. */
  function: (stage: Named, name: FunctionName) => `curfew-${stage.name}-${name}`,
  deadLetters: (stage: Named, name: FunctionName) => `curfew-${stage.name}-${name}-dead`,
  /** The queue by which the reconciler runs halfway between two minutes. */
  halfway: (stage: Named) => `curfew-${stage.name}-reconcile-halfway`,
  machine: (stage: Named) => `curfew-${stage.name}-grant`,
  machineRole: (stage: Named) => `curfew-${stage.name}-machine`,
  logGroup: (stage: Named, name: string) => `/curfew/${stage.name}/${name}`,
  /** A secret that the configuration names lies at this and its name. */
  secretPrefix: (stage: Named) => `curfew/${stage.name}/`,
};

/** The alias by which a function and the state machine are called: it stays when versions go. */
export const live = 'live';

/** The namespace of our own metrics. */
export const metricNamespace = 'Curfew';
