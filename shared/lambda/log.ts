/**
 * The log of a function: one JSON line per entry, of named fields only. Whatever is handed to it, nothing leaves but what is on
 * this list and has the form of an id, a name or a number: no messages of foreign errors, no tokens, no payloads.
 */
import { LogFormatter, LogItem, Logger } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/** What an entry may hold beside its message, each with the form that it must have. */
const fields = {
  grantId: /^[\w-]{1,64}$/,
  execution: /^[\w-]{1,80}$/,
  correlationId: /^[\w-]{1,64}$/,
  eventId: /^[\w:-]{1,200}$/,
  eventType: /^\w{1,64}$/,
  code: /^\w{1,64}$/,
  errorName: /^\w{1,80}$/,
  errorCode: /^\w{1,40}$/,
  awsRequestId: /^[\w-]{1,80}$/,
  at: /^\d+:\d+$/,
  operation: /^[A-Z]{1,10} [\w/{}.-]{1,200}$/,
  what: /^[a-z][a-z-]{0,40}$/,
} as const;

export type Fields = { [K in keyof typeof fields]?: string | undefined } & { [count in Count]?: number };
type Count = 'durationMs' | 'status' | 'due' | 'failed' | 'overdueSeconds' | 'changed' | 'records';

/** What happened, in words that are written in the code and nowhere else. */
export type Message =
  | 'done'
  | 'refused'
  | 'failed'
  | 'configuration loaded'
  | 'configuration not loaded'
  | 'could not be driven'
  | 'event'
  | 'events published'
  | 'execution ended'
  | 'reconciled';

export function log(level: 'info' | 'warn' | 'error', message: Message, more: Fields = {}): void {
  logger[level](message, { ...more });
}

/** The last gate: it holds for what libraries log by the same logger, too. A class, since the library wants one of its own. */
class AllowList extends LogFormatter {
  override formatAttributes(known: UnformattedAttributes, more: LogAttributes): LogItem {
    return new LogItem({ attributes: { ...circumstances(known), ...allowed(more) } });
  }
}

export const logger = new Logger({ logFormatter: new AllowList() });

function circumstances({ logLevel, message, timestamp, lambdaContext, xRayTraceId }: UnformattedAttributes) {
  return {
    level: logLevel,
    message,
    timestamp: timestamp.toISOString(),
    function: lambdaContext?.functionName,
    requestId: lambdaContext?.awsRequestId,
    coldStart: lambdaContext?.coldStart,
    traceId: xRayTraceId,
  };
}

function allowed(more: LogAttributes): LogAttributes {
  const kept = Object.entries(more).filter(([name, value]) => isAllowed(name, value));
  return Object.fromEntries(kept);
}

function isAllowed(name: string, value: unknown): boolean {
  if (typeof value === 'number') return counts.has(name);
  const form = Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : undefined;
  return typeof value === 'string' && form !== undefined && form.test(value);
}

const counts = new Set<string>([
  'durationMs',
  'status',
  'due',
  'failed',
  'overdueSeconds',
  'changed',
  'records',
] satisfies Count[]);
