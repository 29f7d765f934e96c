/** What a person who deploys to the emulator is shown of what the CDK command line says. */
import { expect, it } from 'vitest';
import { byLine, inShort } from '../../emulator/progress.ts';

it('shows where a stack begins and ends and why it failed, and nothing else', () => {
  let shown = '';
  const lines = byLine(inShort((text) => (shown += text)));
  lines.take('Supply a stack id\nmine: depl');
  lines.take('oying... [1/2]\nmine | 1/3 | 4:01 AM | CREATE_COMPLETE | AWS::IAM::Role | A\n');
  lines.take('mine | 2/3 | 4:01 AM | CREATE_FAILED   | AWS::KMS::Key | B it is not allowed\n\n ❌  mine fai');
  lines.take('led: no\nOutputs:\nmine.Url = http://x\n\n✅  other (no changes)');
  lines.end();
  expect(shown.split('\n')).toEqual([
    'mine: deploying... [1/2]',
    'mine | 2/3 | 4:01 AM | CREATE_FAILED   | AWS::KMS::Key | B it is not allowed',
    '❌  mine failed: no',
    '✅  other (no changes)',
    '',
  ]);
});
