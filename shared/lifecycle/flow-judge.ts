/** What the flows and the directory, as they are now, say of open grants that were made with an older version of their flow. */
import type { Grant } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import type { Ports } from '../ports.ts';
import { type FlowChange, flowChange, type PresentFlow } from '../rules/flow-change.ts';
import { configItems } from './load.ts';

export interface FlowJudge {
  /** The flow as it is in force, also where it has left the configuration. Undefined for one that never was. */
  present(flowId: string): PresentFlow | undefined;
  /** Undefined: no change of a flow concerns this grant. */
  judge(grant: Grant): Promise<FlowChange | undefined>;
}

/** Reads the flows once, and each person once: keep it for one piece of work only. */
export async function createFlowJudge(
  ports: Pick<Ports, 'table' | 'directory' | 'clock'>,
): Promise<FlowJudge> {
  const items = await configItems<PresentFlow>(ports, 'FLOW#');
  const flows = new Map(items.map(({ data }) => [data.flow.id, data]));
  const people = new Map<string, Promise<Person | undefined>>();
  const person = (id: string) => {
    const known = people.get(id) ?? ports.directory.person(id);
    people.set(id, known);
    return known;
  };
  return {
    present: (flowId) => flows.get(flowId),
    async judge(grant) {
      const present = flows.get(grant.flow.id);
      if (!present) return undefined;
      // Only `revoke` asks who the grantee is.
      const grantee = present.flow.onChange === 'revoke' ? await person(grant.grantee.id) : undefined;
      return flowChange(grant, present, grantee, ports.clock.now());
    },
  };
}
