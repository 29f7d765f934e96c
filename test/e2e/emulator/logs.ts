/** Everything that the deployed functions wrote into their logs. */
import { deployed } from './hub.ts';
import { callJson } from './raw-call.ts';

/** One text, with the names of the log groups in it. */
export async function logsOfFunctions(): Promise<string> {
  const { logGroups } = await logs<{ logGroups: { logGroupName: string }[] }>('DescribeLogGroups', {});
  const names = logGroups
    .map(({ logGroupName }) => logGroupName)
    .filter((name) => name.includes(deployed.stage));
  const texts = await Promise.all(names.map(async (name) => `${name}\n${await eventsOf(name)}`));
  return texts.join('\n');
}

async function eventsOf(logGroupName: string): Promise<string> {
  const messages: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs<{ events: { message: string }[]; nextToken?: string }>('FilterLogEvents', {
      logGroupName,
      ...(nextToken && { nextToken }),
    });
    messages.push(...page.events.map(({ message }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return messages.join('\n');
}

async function logs<T>(operation: string, body: object): Promise<T> {
  let answer = await callJson('logs', `Logs_20140328.${operation}`, body);
  // The emulator stumbles over its own lists while functions write to them.
  for (let tries = 1; answer.status >= 500 && tries < 10; tries++)
    answer = await callJson('logs', `Logs_20140328.${operation}`, body);
  const { status, text } = answer;
  if (status !== 200) throw new Error(`${operation}: ${status} ${text}`);
  return JSON.parse(text) as T;
}
