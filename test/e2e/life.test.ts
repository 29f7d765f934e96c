/** The main job from outside: access that is given lives until its end, and is gone then, tried with stock clients. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { ask, becomes } from '../support/asking.ts';
import { expectWorks, type Place, type Use } from './place.ts';
import { openTarget } from './target.ts';

const target = await openTarget();
afterAll(() => target.close());

describe.concurrent.each(target.places)('at $name', (place) => {
  const gone = (id: string) => becomes(target, id, 'revoked', 40 + place.settleSeconds);

  it('an automatic grant lets in until its end and never shorter; then nobody gets in, nor stays', async () => {
    const { id } = await ask(target, 'ana', place.offers.automatic, `${target.shortSeconds}s`);
    const { expiresAt } = await becomes(target, id, 'active', 30);
    const access = await place.enter('ana', id);
    await expectWorks(access.use, place);
    const session = await access.open();
    await expectLasts(access.use, expiresAt, place);
    const ended = await gone(id);
    expect(Date.parse(ended['closedAt'])).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect(ended).toMatchObject({
      wanted: { cause: 'expired' },
      outcome: 'revoked',
      evidence: { present: false },
    });
    expect([await access.use(), await session()]).toEqual([false, false]);
  });

  it('a grant is ended early by its grantee, session and all, and only once', async () => {
    const { id } = await ask(target, 'ben', place.offers.automatic, '10m');
    await becomes(target, id, 'active', 30);
    const access = await place.enter('ben', id);
    await expectWorks(access.use, place);
    const session = await access.open();
    expect(await session()).toBe(true);
    const revoke = () => target.call('ben', 'POST', `/grants/${id}/revoke`, { reason: 'done' });
    expect((await revoke()).status).toBe(202);
    expect(await gone(id)).toMatchObject({ wanted: { cause: 'self' }, outcome: 'revoked' });
    expect([await access.use(), await session()]).toEqual([false, false]);
    expect((await revoke()).status).toBe(200);
  });

  it('a grant that is extended ends at its new time, and not at the old one', async () => {
    const seconds = Math.round(target.shortSeconds * 1.5);
    const { id } = await ask(target, 'cleo', place.offers.automatic, `${seconds}s`);
    const { expiresAt } = await becomes(target, id, 'active', 30);
    const more = { duration: `${target.shortSeconds}s`, reason: 'more' };
    const { status, body } = await target.call('cleo', 'POST', `/grants/${id}/extend`, more);
    const movedMs = Date.parse(body['expiresAt']) - Date.parse(expiresAt);
    expect([status, movedMs]).toEqual([200, target.shortSeconds * 1000]);
    const access = await place.enter('cleo', id);
    await expectWorks(access.use, place);
    await expectLasts(access.use, body['expiresAt'], place);
    expect(await gone(id)).toMatchObject({ wanted: { cause: 'expired' }, outcome: 'revoked' });
  });

  it('a membership lasts until the last of many overlapping grants ends, and not longer', async () => {
    const own = await place.asThemselves('ana');
    expect(await own.use()).toBe(false);
    const lives = Array.from({ length: target.many }, (_, i) => target.shortSeconds + (i % 7));
    const grants = await Promise.all(
      lives.map((life, i) => ask(target, 'ana', place.offers.membership, `${life}s`, `OPS-${i}: together`)),
    );
    const active = await Promise.all(grants.map(({ id }) => becomes(target, id, 'active', 60)));
    const last = active
      .map((grant) => grant['expiresAt'] as string)
      .toSorted()
      .at(-1) as string;
    await expectWorks(own.use, place);
    const session = await own.open();
    await expectLasts(own.use, last, place);
    const ended = await Promise.all(grants.map(({ id }) => gone(id)));
    expect(ended.map((grant) => grant['outcome'])).toContain('revoked');
    expect([await own.use(), await session()]).toEqual([false, false]);
  });

  it('who was a member before stays one when the grant ends', async () => {
    const takeOut = await place.makeMember('cleo');
    const own = await place.asThemselves('cleo');
    await expectWorks(own.use, place);
    const { id } = await ask(target, 'cleo', place.offers.membership, `${target.shortSeconds}s`);
    expect(await gone(id)).toMatchObject({ outcome: 'still_held' });
    expect(await own.use()).toBe(true);
    await takeOut();
  });
});

/** It works until `end`, and soon after it does not: a refusal before that is access cut short, one too late is access left. */
async function expectLasts(use: Use, end: string, { settleSeconds }: Place): Promise<void> {
  const latestMs = Date.parse(end) + (target.lateSeconds + settleSeconds) * 1000;
  let works = true;
  while (works && Date.now() < latestMs) {
    await sleep(Date.parse(end) - Date.now() > 3_000 ? 1_000 : 250);
    works = await use();
  }
  const refusedMs = Date.now();
  expect({ works, early: refusedMs < Date.parse(end) }).toEqual({ works: false, early: false });
}
