import { checkAccess } from "../entra/access-token";
import { pathParam, readJson, type Call } from "../http/call";
import { type Application, type Tenant, type Workspace } from "../state/directory";
import { type World } from "../world";

import { requireApiVersion } from "./api-version";
import { refuse } from "./errors";

/** The versions of the older and of the newer family of operations. */
export const STABLE_VERSIONS = ["2025-09-01", "2025-06-01", "2025-03-01", "2024-09-01", "2025-07-01-preview"];
export const PREVIEW_VERSIONS = ["2025-07-01-preview"];

export type ArmTarget = { tenant: Tenant; workspace: Workspace; application: Application };

const TOKEN_ERRORS = {
  missing: "AuthenticationFailed",
  invalid: "InvalidAuthenticationToken",
  expired: "ExpiredAuthenticationToken",
  "wrong-audience": "InvalidAuthenticationTokenAudience",
} as const;

/** Lets a management call in, or throws what Azure Resource Manager would answer: 400, 401, 403 or 404. */
export const admitArm = async (call: Call, world: World, versions: readonly string[]): Promise<ArmTarget> => {
  const access = await checkAccess(call, world, "management");
  if (access.status === "denied") {
    throw refuse(401, TOKEN_ERRORS[access.reason], access.detail, {
      "www-authenticate": 'Bearer error="invalid_token"',
    });
  }
  requireApiVersion(call, versions);
  const { tenant, workspace } = findByName(call, world);
  const { application } = access;
  if (tenant.tenantId !== access.tenant.tenantId) {
    throw refuse(
      401,
      "InvalidAuthenticationTokenTenant",
      `The access token is from the wrong issuer. It must match the tenant '${tenant.tenantId}' associated with this subscription.`,
    );
  }
  if (!application.sentinelContributorOn.includes(workspace.workspaceId)) {
    throw refuse(
      403,
      "AuthorizationFailed",
      `The client '${application.clientId}' with object id '${application.objectId}' does not have authorization to perform action 'Microsoft.SecurityInsights/threatIntelligence/read' over scope '${scopeOf(workspace)}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  }
  return { tenant, workspace, application };
};

/** The resource id of a workspace's threat intelligence, without a host. */
export const scopeOf = (workspace: Workspace): string =>
  `/subscriptions/${workspace.subscriptionId}/resourceGroups/${workspace.resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${workspace.name}/providers/Microsoft.SecurityInsights/threatIntelligence`;

/** The body as a JSON object (an empty body is an empty object); throws 400. */
export const readArmBody = (call: Call): unknown => {
  if (call.body.length === 0) return {};
  const parsed = readJson(call);
  if (!parsed.ok) throw refuse(400, "BadRequest", `The request body is not valid JSON: ${parsed.message}`);
  return parsed.value;
};

const findByName = (call: Call, world: World): { tenant: Tenant; workspace: Workspace } => {
  const [subscription, group, name] = ["subscription", "group", "workspace"].map((one) =>
    pathParam(call, one).toLowerCase(),
  );
  const all = world.state.tenants.flatMap((tenant) =>
    tenant.workspaces.map((workspace) => ({ tenant, workspace })),
  );
  const inSubscription = all.filter(({ workspace }) => workspace.subscriptionId === subscription);
  if (inSubscription.length === 0) {
    throw refuse(404, "SubscriptionNotFound", `The subscription '${subscription ?? ""}' could not be found.`);
  }
  const inGroup = inSubscription.filter(({ workspace }) => workspace.resourceGroup.toLowerCase() === group);
  if (inGroup.length === 0) {
    throw refuse(404, "ResourceGroupNotFound", `Resource group '${group ?? ""}' could not be found.`);
  }
  const found = inGroup.find(({ workspace }) => workspace.name.toLowerCase() === name);
  if (found !== undefined) return found;
  throw refuse(
    404,
    "ResourceNotFound",
    `The Resource 'Microsoft.OperationalInsights/workspaces/${name ?? ""}' under resource group '${group ?? ""}' was not found.`,
  );
};
