/** Every route of the API. What is not here does not exist. */
import * as flowChanges from './flow-change-routes.ts';
import * as grants from './grant-routes.ts';
import * as me from './me-routes.ts';
import * as requests from './request-routes.ts';
import type { Route } from './route.ts';
import * as system from './system-routes.ts';

export const routes = {
  showHealth: system.showHealth,
  showMe: me.showMe,
  listCatalog: me.listCatalog,
  submitRequest: requests.submitRequest,
  findRequests: requests.findRequests,
  getRequest: requests.getRequest,
  approveRequest: requests.approveRequest,
  rejectRequest: requests.rejectRequest,
  cancelRequest: requests.cancelRequest,
  findGrants: grants.findGrants,
  getGrant: grants.getGrant,
  listEvents: grants.listEvents,
  revokeGrant: grants.revokeGrant,
  extendGrant: grants.extendGrant,
  issueCredentials: grants.issueCredentials,
  listFlows: system.listFlows,
  explainFlow: system.explainFlow,
  showFlowPlan: flowChanges.showFlowPlan,
  applyFlows: flowChanges.applyFlows,
  getRun: flowChanges.getRun,
  checkIntegration: system.checkIntegration,
} satisfies Record<string, Route>;
export type Routes = typeof routes;
