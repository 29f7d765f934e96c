/**
 * `npm run demo`: the whole story on a server of its own, in a fresh folder, with lifetimes of seconds. Every line that it
 * prints was checked; it exits with 1 at the first thing that is not as it should be.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDemo, type Demo } from './demo-client.ts';
import { removePostgres } from './postgres-remove.ts';

// A stock client reads them, and the demo must be the same on every machine.
for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name];
const home = await mkdtemp(join(tmpdir(), 'curfew-demo-'));
let failed = false;
try {
  const demo = await connectDemo(home);
  try {
    await refusedBefore(demo);
    await automatic(demo);
    await approved(demo);
    await early(demo);
  } finally {
    await demo.stop();
  }
} catch (error) {
  failed = true;
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await removePostgres(join(home, 'postgres'));
  await rm(home, { recursive: true, force: true });
}
process.stdout.write(failed ? '' : '\nEverything that was granted is gone, read back, and on record.\n');
process.exit(failed ? 1 : 0);

async function refusedBefore(demo: Demo): Promise<void> {
  demo.title('1. Before');
  const grant = await demo.request('ana', 'write', '60s', 'a correction');
  demo.expect(
    grant.status === 'pending',
    `Ana asked for write: ${grant.status}; it waits for a data owner or her manager`,
  );
  const refused = await demo.call('ana', 'POST', `/grants/${grant.id}/credentials`);
  demo.expect(refused.status === 409, `credentials are refused: ${JSON.stringify(refused.body['detail'])}`);
  const login = await demo.query({
    ...demo.address,
    user: `curfew_local_${grant.id}`,
    password: 'guess',
    database: 'orders',
  });
  demo.expect(
    'error' in login,
    `PostgreSQL refuses a login by that name: "${'error' in login && login.error}"`,
  );
  await demo.call('ana', 'POST', `/requests/${grant.requestId}/cancel`);
  demo.expect(
    (await demo.grant(grant.id)).status === 'cancelled',
    'Ana takes the request back: cancelled, nothing was touched',
  );
}

async function automatic(demo: Demo): Promise<void> {
  demo.title('2. An automatic grant of 5 s');
  const { id } = await demo.request('ana', 'read', '5s', 'having a look');
  await demo.becomes(id, 'active', 5);
  demo.say('active; the login was made for this grant alone');
  const login = await demo.credentials('ana', id);
  const rows = await demo.query(login);
  demo.expect('rows' in rows, `a real query works, as ${login.user}: ${JSON.stringify(rows)}`);
  await demo.becomes(id, 'revoked', 12);
  const after = await demo.query(login);
  demo.expect('error' in after, `5 s later the same login is refused: "${'error' in after && after.error}"`);
  const ended = await demo.grant(id);
  demo.expect(
    ended.outcome === 'revoked',
    `revoked, cause ${ended.wanted?.cause}; read back: ${JSON.stringify(ended.evidence?.facts)}`,
  );
  await chain(demo, id);
}

async function approved(demo: Demo): Promise<void> {
  demo.title('3. A grant that two people must approve');
  const { id, requestId } = await demo.request('ben', 'admin', '4s', 'OPS-17: add an index');
  const own = await demo.call('ben', 'POST', `/requests/${requestId}/approve`);
  demo.expect(own.status === 403, `Ben cannot approve his own: ${JSON.stringify(own.body['detail'])}`);
  await demo.call('dora', 'POST', `/requests/${requestId}/approve`);
  demo.expect(
    (await demo.grant(id)).status === 'pending',
    'Dora (data owner) approved; security is still missing',
  );
  await demo.call('sam', 'POST', `/requests/${requestId}/approve`);
  await demo.becomes(id, 'active', 5);
  demo.say('Sam (security) approved: active');
  await demo.becomes(id, 'revoked', 12);
  demo.say('and over after 4 s');
}

async function early(demo: Demo): Promise<void> {
  demo.title('4. An early end, with a session open');
  const { id } = await demo.request('cleo', 'read', '10m', 'a long look');
  await demo.becomes(id, 'active', 5);
  const session = await demo.openSession(await demo.credentials('cleo', id));
  demo.expect(await session.works(), 'Cleo has a session open, good for 10 min');
  await demo.call('adam', 'POST', `/grants/${id}/revoke`, { reason: 'not now' });
  await demo.becomes(id, 'revoked', 10);
  demo.expect(!(await session.works()), 'Adam (admin) revoked it: the open session is dead');
  await chain(demo, id);
}

/** What `prevHash` promises: nothing in between was changed, dropped or put in. */
async function chain(demo: Demo, id: string): Promise<void> {
  const events = await demo.events(id);
  let prev = '0'.repeat(64);
  for (const { hash, ...event } of events) {
    const sum = createHash('sha256').update(JSON.stringify(event), 'utf8').digest('hex');
    demo.expect(sum === hash && event.prevHash === prev, undefined);
    prev = hash;
  }
  demo.say(
    `${events.length} audit events, each with the hash of the one before: ${events.map((event) => event.type).join(' > ')}`,
  );
}
