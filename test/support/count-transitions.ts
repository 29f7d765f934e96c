/** What an execution cost, read from its history: AWS counts every state that was entered, and every retry of one. */
import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';

export async function historyOf(sfn: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

/** The states in order; a retry stands there as the state's name once more. */
export function transitionsOf(events: HistoryEvent[]): string[] {
  const states: string[] = [];
  let firstTry = true;
  for (const { type, stateEnteredEventDetails: entered } of events) {
    if (entered?.name !== undefined) {
      states.push(entered.name);
      firstTry = true;
    }
    if (type !== 'TaskScheduled') continue;
    if (!firstTry) states.push(states.at(-1) ?? '');
    firstTry = false;
  }
  return states;
}
