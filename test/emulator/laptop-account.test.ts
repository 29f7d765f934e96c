/** `npm run emulator:laptop` prepares all that `npm start -- --aws` needs: what it prints is all that has to be set. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { ask, becomes, credentialsOf } from '../support/asking.ts';
import { assume } from '../support/aws-account.ts';
import { outcomeOf, readObject } from '../support/aws-subject.ts';
import { describeOnEmulator, emulatorUrl } from '../support/emulator.ts';
import { startServer } from '../support/server.ts';

const root = new URL('../../', import.meta.url).pathname;

function prepare(): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, AWS_ENDPOINT_URL: emulatorUrl() };
    const child = spawn(process.execPath, ['emulator/laptop-main.ts'], { cwd: root, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (said += text.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said))));
  });
}

/** What the `export` lines of a part say. */
function exportsOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim().startsWith('export '));
  const pairs = lines.flatMap((line) => line.trim().split(' ').slice(1));
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
}

describeOnEmulator('npm run emulator:laptop', () => {
  test('makes an account ready, and may be run again', async () => {
    await prepare();
    const [, curfew = '', person = ''] = (await prepare()).split(/Start Curfew with it|Try it as ana/);
    const nobody = {
      AWS_PROFILE: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    const server = await startServer({ ...nobody, ...exportsOf(curfew) }, ['--aws']);
    try {
      expect(server.output()).not.toContain('not ready yet');
      const keys = exportsOf(person);
      const [, resource = ''] = /request aws-account\/(\S+)\/read/.exec(person) ?? [];
      const { id } = await ask(
        server,
        'ana',
        { integration: 'aws-account', resource, permission: 'read' },
        '2m',
      );
      await becomes(server, id, 'active', 40);
      const ana = { accessKeyId: keys['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: keys['AWS_SECRET_ACCESS_KEY'] ?? '' }; // biome-ignore format: one thought
      const session = await assume(ana, String((await credentialsOf(server, 'ana', id))['roleArn']));
      expect(await outcomeOf(readObject(session, resource, 'january.txt'))).toBe('done');
    } finally {
      await server.remove();
    }
  });
});
