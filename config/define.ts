/** Small helpers to write a configuration with: the editor completes them, and `curfew.config.ts` reads like a sentence. */
import type { ConfigInput } from '../shared/model/config.ts';
import type { ApprovalPolicy, Selector } from '../shared/model/flow.ts';

/** Types the configuration. It is checked when it is loaded, with the path of every fault. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** One approval, by anybody whom one of these names. */
export function anyOf(...selectors: Selector[]): ApprovalPolicy {
  return { anyOf: selectors };
}

/** One approval for each of these, by distinct people. */
export function allOf(...selectors: Selector[]): ApprovalPolicy {
  return { allOf: selectors };
}

export function group(id: string): { group: string } {
  return { group: id };
}

export function person(id: string): { person: string } {
  return { person: id };
}

/** The grantee's manager. */
export function manager(): { manager: true } {
  return { manager: true };
}
