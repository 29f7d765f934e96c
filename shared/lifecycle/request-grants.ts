/** A request with its grants, each read strongly. */
import { CurfewError } from '../model/errors.ts';
import type { Grant } from '../model/grant.ts';
import type { Request } from '../model/request.ts';
import type { Ports } from '../ports.ts';
import { loadGrant, loadRequest } from './load.ts';

/** All of them, or those named. Throws `NotFound` for an unknown request, or a grant that is not one of it. */
export async function readRequestGrants(
  ports: Pick<Ports, 'table'>,
  requestId: string,
  named?: string[],
): Promise<{ request: Request; grants: Grant[] }> {
  const request = await loadRequest(ports, requestId);
  if (!request)
    throw new CurfewError('NotFound', 'There is no request by this id, or it is not yours to see.');
  const stranger = named?.find((id) => !request.grantIds.includes(id));
  if (stranger !== undefined)
    throw new CurfewError('NotFound', `${stranger} is not a grant of this request.`);
  const grants = await Promise.all((named ?? request.grantIds).map((id) => loadGrant(ports, id)));
  return { request, grants: grants.filter((grant) => grant !== undefined) };
}
