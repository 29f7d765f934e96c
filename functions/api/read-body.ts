/** A request body from bytes to JSON, bounded: what is no JSON, no UTF-8, or too large is refused before it is looked at. */
import { CurfewError } from '../../shared/model/errors.ts';

/** The largest body. */
export const mostBytes = 64 * 1024;
/** Of a body that is too large, this much is read and dropped before the connection is given up. */
const mostDrainedBytes = 16 * 1024 * 1024;

/** An empty body is an empty object. Throws `UnsupportedType`, `TooLarge`, `Malformed`. */
export async function readBody(request: Request): Promise<unknown> {
  checkType(request);
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge();
  const bytes = await readBytes(request.body);
  if (bytes.length === 0) return {};
  if (!request.headers.get('content-type')) throw unsupported();
  return parse(decode(bytes));
}

function checkType({ headers }: Request): void {
  const type = headers.get('content-type');
  const json = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
  const encoding = headers.get('content-encoding') ?? 'identity';
  if ((type && !json.test(type.trim())) || encoding.toLowerCase() !== 'identity') throw unsupported();
}

/** The length that a client declares is not believed: chunked bodies have none. */
async function readBytes(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of whole(body)) {
    size += chunk.byteLength;
    // Read on, so that a client which sends before it listens gets its answer; but not for ever.
    if (size > mostDrainedBytes) break;
    if (size <= mostBytes) chunks.push(chunk);
  }
  if (size > mostBytes) throw tooLarge();
  return Buffer.concat(chunks);
}

async function* whole(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (cause) {
    throw malformed('The body broke off. Send it again.', cause);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed('The body is not UTF-8. Send JSON in UTF-8.', cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('The body is not JSON. Check it with a JSON linter.', cause);
  }
}

function malformed(detail: string, cause: unknown): CurfewError {
  return new CurfewError('Malformed', detail, { cause, errors: [{ path: '$', message: detail }] });
}

function tooLarge(): CurfewError {
  return new CurfewError('TooLarge', 'A body may have 64 KiB at most. Split it into several requests.');
}

function unsupported(): CurfewError {
  return new CurfewError(
    'UnsupportedType',
    'Send JSON as `Content-Type: application/json`, in UTF-8 and not compressed.',
  );
}
