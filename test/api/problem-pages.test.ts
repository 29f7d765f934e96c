/** Every kind of problem is explained at its own address, and docs/errors.md says the same. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explanations } from '../../functions/api/problem-pages.ts';
import { problemPath } from '../../shared/api/problem.ts';
import { type ErrorCode, errors } from '../../shared/model/errors.ts';
import { createWorld } from './world.ts';

const codes = Object.keys(errors) as ErrorCode[];
const documented = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

test('the address of a problem explains it, without a token', async () => {
  const world = await createWorld();
  for (const code of codes) {
    const page = await world.call(undefined, problemPath(code));
    expect([code, page.status]).toEqual([code, 200]);
    expect(page.headers.get('content-type')).toMatch('text/plain');
    expect(page.text).toContain(errors[code].title);
    expect(page.text).toContain(explanations[code]);
  }
});

test('an address that is no problem’s is not found', async () => {
  const world = await createWorld();
  for (const path of ['/problems/nothing', '/problems/NotFound'])
    expect((await world.call(undefined, path)).status).toBe(404);
});

test.each(codes)('docs/errors.md says of %s what its page says', (code) => {
  const { title, status } = errors[code];
  expect(documented).toContain(
    `## ${code}\n\n${title} · ${status} · \`${problemPath(code)}\`\n\n${explanations[code]}\n`,
  );
});
