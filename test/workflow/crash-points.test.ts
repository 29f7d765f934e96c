/**
 * Invariant 9: a crash between any two steps loses nothing. Each story is played once without a crash, which counts its
 * effects, and then once for every effect with a process that dies at it; another process goes on with table and target.
 */
import { describe, expect, it } from 'vitest';
import { toMs } from '../../shared/model/time.ts';
import { isCurfewError } from '../../shared/model/errors.ts';
import type { Grant } from '../../shared/model/grant.ts';
import { allGrants, checkInvariants } from '../support/check-invariants.ts';
import type { Death, Life, TableFault } from '../support/mortal.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Step, stories, type Story } from './crash-stories.ts';

/** After a crash: leases of the dead run out (10 s), then whatever the pace of retries allows. */
const latestSeconds = 45;

describe.each(stories)('a crash at any effect of a grant $name', (story) => {
  it.each<Death>(['before', 'after', 'later'])(
    'that dies %s it comes to the same end, in time',
    async (death) => {
      const names = await effectsOf(story);
      expect(names.length).toBeGreaterThan(2);
      for (const [at, name] of names.entries()) {
        // A write is there or not; only what runs at the target can land when nobody is left to hear of it.
        if (death === 'later' && name === 'write') continue;
        const tale = await play(story, (effect) => (effect === at + 1 ? death : undefined));
        expect(tale.ends, `dies ${death} effect ${at + 1}, ${name}`).toEqual(story.ends);
        expect(tale.late, `lateness, dies ${death} effect ${at + 1}, ${name}`).toBeLessThan(latestSeconds);
      }
    },
  );
});

describe.each(stories)('a table that fails under a grant $name', (story) => {
  it.each<TableFault>(['refused', 'answer lost'])(
    '(%s, at any write) brings it to the same end',
    async (fault) => {
      const names = await effectsOf(story);
      for (const [at, name] of names.entries()) {
        if (name !== 'write') continue;
        const strike: Life['diesAt'] = (effect, _, life) => {
          if (effect === at + 1) life.tableFaults.push(fault);
          return undefined;
        };
        const tale = await play(story, strike);
        expect(tale.ends, `${fault}, effect ${at + 1}`).toEqual(story.ends);
        expect(tale.late, `lateness, ${fault}, effect ${at + 1}`).toBeLessThan(latestSeconds);
      }
    },
  );
});

async function effectsOf(story: Story): Promise<string[]> {
  const names: string[] = [];
  const { ends } = await play(story, (_, name) => void names.push(name));
  expect(ends).toEqual(story.ends);
  return names;
}

interface Tale {
  ends: string[];
  /** The most seconds that access outlived its end by. */
  late: number;
}

async function play(story: Story, diesAt: Life['diesAt']): Promise<Tale> {
  const world = await createWorld({ reconcileEvery: 1, diesAt });
  story.before?.(world);
  for (const step of story.steps) await take(world, step);
  await world.clock.advance(20);
  await checkInvariants(world, { ended: true });
  const grants = await allGrants(world);
  const late = grants.map((grant) => latenessOf(world, grant));
  return { ends: grants.map(endOf), late: Math.max(0, ...late) };
}

/** One step of a story, by as many processes as it takes. */
async function take(world: World, step: Step): Promise<void> {
  const over = async () => step.until?.(await allGrants(world)) ?? false;
  for (let tries = 0; tries < 40; tries++) {
    const done = step.act ? await tryTo(world, step.act) : false;
    if (done && !step.until) return;
    const withinSeconds = step.act ? 1 : 300;
    const heard = async () => world.life.dead || (await over());
    const waited = await world.clock.runUntil(heard, { withinSeconds }).then(
      () => true,
      () => false,
    );
    if (!world.life.dead) await checkInvariants(world);
    if (await over()) return;
    if (world.life.dead) await world.restart();
    else if (!waited && !step.act) break;
  }
  throw new Error(`never done: ${(await allGrants(world)).map(endOf).join(', ')}`);
}

/** False when no answer came, or one that says to try again. */
async function tryTo(world: World, act: (world: World) => Promise<unknown>): Promise<boolean> {
  const attempt = act(world).then(
    () => true,
    (error: unknown) => {
      if (isCurfewError(error)) return false;
      throw error;
    },
  );
  return Promise.race([attempt, world.life.died.then(() => false)]);
}

function endOf(grant: Grant): string {
  return grant.wanted ? `${grant.status} ${grant.wanted.cause}` : grant.status;
}

function latenessOf({ target }: World, grant: Grant): number {
  const end = grant.wanted?.cause === 'expired' && 'expiresAt' in grant ? grant.expiresAt : grant.wanted?.at;
  const artefact = 'receipt' in grant ? grant.receipt?.artefact : undefined;
  const gone = target.history.findLast((change) => change.artefact === artefact && !change.present);
  const shared = 'receipt' in grant && grant.receipt?.shared;
  return gone && end && !shared ? (gone.at - toMs(end)) / 1000 : 0;
}
