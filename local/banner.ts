/** What `npm start` prints: where things are, and what to try first. */
import { awsAccountId } from '../config/aws-account.ts';
import type { AwsState } from './check-aws.ts';
import type { Started } from './start.ts';

const mostNotGone = 5;

export function banner({ url, home, postgres, aws, notGone }: Omit<Started, 'stop'>): string {
  return `
Curfew is running.

  API         ${url}    (described at ${url}/openapi.json)
  PostgreSQL  ${postgres.host}:${postgres.port}    (the sample target, database "orders")
  State       ${home}
${aws.map(awsAccount).join('')}${outlived(notGone)}
Try, in another terminal:

  npx --no curfew login --as ana
  npx --no curfew request orders-db/orders/read --for 2m --reason "having a look"
  npx --no curfew connect --query "select * from orders limit 3"

Ctrl-C stops it and keeps the state; npm run reset deletes it.
`;
}

function awsAccount({ integration, account, region, missing }: AwsState): string {
  const found = `  AWS         ${account}    (integration "${integration}")`;
  if (missing.length === 0) return `${found}\n`;
  const faults = missing.map((one) => `- ${one}\n                `).join('');
  const prepare =
    integration === awsAccountId
      ? `Prepare it:  npx --no cdk bootstrap aws://${account}/${region}     (once)\n                             npx --no cdk deploy -c stage=laptop\n                `
      : '';
  return `${found}: not ready yet
                ${faults}${prepare}Ask again:   npx --no curfew check ${integration}\n`;
}

function outlived(notGone: string[]): string {
  if (notGone.length === 0) return '';
  const shown = notGone.slice(0, mostNotGone).map((line) => `                - ${line}\n`);
  const more =
    notGone.length > mostNotGone ? `                - and ${notGone.length - mostNotGone} more\n` : '';
  return `  NOT GONE    ${notGone.length} of the ended grants may still give access. Curfew keeps trying:\n${shown.join('')}${more}`;
}
