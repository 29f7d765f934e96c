/** `connect` to a role in AWS: a profile to copy, the commands, no secret; and what is for databases only says so. */
import { afterEach, expect, test } from 'vitest';
import { type Answers, type FakeServer, startFakeServer } from './fake-server.ts';
import { aGrantView } from './fixtures.ts';
import { curfew } from './run-cli.ts';

const role = {
  roleArn: 'arn:aws:iam::222233334444:role/curfew/local-gr_1',
  region: 'eu-central-1',
  sessionSeconds: 3600,
  profile: 'curfew-0000000a',
  commands: [
    'aws sts get-caller-identity --profile curfew-0000000a',
    'aws s3 ls s3://reports --profile curfew-0000000a',
  ],
  validUntil: '2030-01-01T00:00:00.000Z',
};

const ready: Answers = {
  findGrants: () => ({ status: 200, body: { items: [aGrantView()] } }),
  getGrant: () => ({ status: 200, body: aGrantView() }),
  issueCredentials: () => ({ status: 200, body: role }),
};

let server: FakeServer;
afterEach(() => server.close());

async function connect(options: string[], answers: Answers = ready) {
  server = await startFakeServer(answers);
  return curfew(server, ['connect', ...options]);
}

test('prints a profile that can be copied as it is, and the commands', async () => {
  const { code, stdout, stderr } = await connect([]);
  expect(code).toBe(0);
  expect(stdout).toContain(
    [
      '[profile curfew-0000000a]',
      'role_arn = arn:aws:iam::222233334444:role/curfew/local-gr_1',
      'source_profile = default',
      'region = eu-central-1',
      'duration_seconds = 3600',
      '',
    ].join('\n'),
  );
  const lines = stdout.split('\n');
  for (const command of role.commands) expect(lines).toContain(command);
  expect(stdout).toMatch(/^# Then \(the access is active/m);
  expect(stderr).not.toContain('psql');
});

test('prints the same with --print, and as JSON all that a script needs', async () => {
  expect((await connect(['--print'])).stdout).toContain('[profile curfew-0000000a]');
  await server.close();
  expect(JSON.parse((await connect(['--json'])).stdout)).toEqual(role);
});

test.each([[['--query', 'select 1']], [['--', '-c', 'select 1']]])(
  'says that %j is for databases',
  async (options) => {
    const { code, stdout, stderr } = await connect(options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('This access is a role in AWS: queries and psql are for databases.');
  },
);

test('lets nothing that a server sends move the cursor', async () => {
  const hostile = { ...role, commands: ['\u001b[2Jevil'] };
  const { stdout } = await connect([], {
    ...ready,
    issueCredentials: () => ({ status: 200, body: hostile }),
  });
  expect(stdout).not.toContain('\u001b[2J');
});
