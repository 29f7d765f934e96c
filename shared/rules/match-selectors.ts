/** Gives each selector a person of its own, for as many selectors as can be: a maximum bipartite matching. */
import type { Selector } from '../model/flow.ts';
import type { Person } from '../model/person.ts';

export interface SelectorMatching {
  filled: { selector: Selector; by: string }[];
  missing: Selector[];
}

/**
 * No person fills two selectors, and no other choice fills more of them. By augmenting paths (Kuhn): at most ten
 * selectors, so its cost is a few passes over the people.
 */
export function matchSelectors(
  selectors: readonly Selector[],
  people: readonly Person[],
  names: (selector: Selector, person: Person) => boolean,
): SelectorMatching {
  const holder = new Map<string, number>();
  const choices = selectors.map((selector) => people.filter((person) => names(selector, person)));
  selectors.forEach((_, index) => seat(index, choices, holder, new Set()));
  const seated = new Map([...holder].map(([person, index]) => [index, person]));
  const filled: SelectorMatching['filled'] = [];
  const missing: Selector[] = [];
  selectors.forEach((selector, index) => {
    const by = seated.get(index);
    if (by === undefined) missing.push(selector);
    else filled.push({ selector, by });
  });
  return { filled, missing };
}

/** Finds the selector a person, moving those who sit elsewhere where that makes room. */
function seat(
  index: number,
  choices: readonly Person[][],
  holder: Map<string, number>,
  tried: Set<string>,
): boolean {
  for (const { id } of choices[index] ?? []) {
    if (tried.has(id)) continue;
    tried.add(id);
    const other = holder.get(id);
    if (other !== undefined && !seat(other, choices, holder, tried)) continue;
    holder.set(id, index);
    return true;
  }
  return false;
}
