/**
 * The entry of the HTTP API: events of API Gateway (payload format 2.0) to requests and back. Written out, since Hono's adapter logs
 * what it cannot read, headers too, and answers it with plain text.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { CurfewError } from '../model/errors.ts';
import { entry, type Entry } from './entry.ts';

export interface HttpOptions {
  app: (request: Request) => Response | Promise<Response>;
  /** The answer to what never reaches the app. */
  refuse: (error: unknown, event: APIGatewayProxyEventV2) => Response;
}

/** Never throws: whatever goes wrong is an answer. */
export function httpHandler(
  options: HttpOptions,
): Entry<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return entry(async (event) => answerOf(await respond(options, event)));
}

async function respond({ app, refuse }: HttpOptions, event: APIGatewayProxyEventV2): Promise<Response> {
  try {
    return await app(requestOf(event));
  } catch (error) {
    return refuse(error, event);
  }
}

/** Throws `Malformed` for what is no request: a header of other characters, a method that no client may send. */
function requestOf(event: APIGatewayProxyEventV2): Request {
  try {
    const { method } = event.requestContext.http;
    const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
    const url = new URL(`https://${event.requestContext.domainName}${pathOf(event)}${query}`);
    const body = bodyOf(event, method);
    return new Request(url, { method, headers: headersOf(event, body), ...(body && { body }) });
  } catch (cause) {
    const detail = 'The request cannot be read. Check its method, address and headers.';
    throw new CurfewError('Malformed', detail, { cause });
  }
}

/**
 * An HTTP API hands over the path decoded: what would now be read as something else than a path is coded again. Steps upwards would
 * lead from an address that is open to one that the authorizer guards: nobody sends them.
 */
function pathOf({ rawPath }: APIGatewayProxyEventV2): string {
  if (/(^|[/\\])(\.|%2e){1,2}([/\\]|$)/i.test(rawPath)) throw new Error('no steps in a path');
  return rawPath.replaceAll(/[?#\\]|%(?![0-9A-Fa-f]{2})/g, encodeURIComponent);
}

/** A body of GET or HEAD means nothing, and is not looked at. */
function bodyOf(
  { body, isBase64Encoded }: APIGatewayProxyEventV2,
  method: string,
): Uint8Array<ArrayBuffer> | undefined {
  if (!body || method === 'GET' || method === 'HEAD') return undefined;
  return Uint8Array.from(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}

/** The length that counts is that of the bytes here, whatever the client declared. */
function headersOf({ headers, cookies }: APIGatewayProxyEventV2, body: Uint8Array | undefined): Headers {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) all.set(name, value);
  if (cookies?.length) all.set('cookie', cookies.join('; '));
  all.delete('content-length');
  if (body) all.set('content-length', String(body.byteLength));
  return all;
}

async function answerOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
