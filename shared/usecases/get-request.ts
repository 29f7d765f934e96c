/** Somebody reads one request, with those of its grants that they may see. */
import { readRequestGrants } from '../lifecycle/request-grants.ts';
import { visible } from '../lifecycle/see.ts';
import { demand } from '../lifecycle/who.ts';
import type { Grant } from '../model/grant.ts';
import type { Person } from '../model/person.ts';
import type { Request } from '../model/request.ts';
import type { Ports } from '../ports.ts';

/** A request with all its grants, and those of them that somebody may see. */
export interface SeenRequest {
  request: Request;
  grants: Grant[];
  shown: Grant[];
}

/** Throws `NotFound` for one that is not there, or not theirs to see. */
export async function getRequest(
  ports: Ports,
  { by, requestId }: { by: Person; requestId: string },
): Promise<SeenRequest> {
  const { request, grants } = await readRequestGrants(ports, requestId);
  const shown = await visible(ports, by, grants);
  const { requester, grantee } = request;
  demand(ports, by, 'request.read', {
    requester: requester.id,
    grantee: grantee.id,
    mayDecide: shown.length > 0,
  });
  return { request, grants, shown };
}
