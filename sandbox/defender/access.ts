import { checkAccess } from "../entra/access-token";
import { type Call } from "../http/call";
import { type Application, type Tenant } from "../state/directory";
import { type Limits } from "../state/limits";
import { formatSpan } from "../watch/rate-windows";
import { type World } from "../world";

import { refuse } from "./errors";

type Operation = "import" | "submit" | "list" | "get" | "delete" | "batchDelete" | "statistics";

/** Who calls. `seesAll` and `changesAll` come from the roles of the token. */
export type Caller = { tenant: Tenant; application: Application; seesAll: boolean; changesAll: boolean };

const WRITING = ["Ti.ReadWrite", "Ti.ReadWrite.All"];
const READING = [...WRITING, "Ti.Read.All"];

/** Lets a call in, or throws the 401, 403 or 429 that the service would answer. */
export const admit = async (call: Call, world: World, operation: Operation): Promise<Caller> => {
  const required = operation === "list" || operation === "get" ? READING : WRITING;
  const access = await authorise(call, world, required);
  countCall(world, access, operation);
  const { tenant, application, roles } = access;
  return {
    tenant,
    application,
    seesAll: roles.includes("Ti.ReadWrite.All") || roles.includes("Ti.Read.All"),
    changesAll: roles.includes("Ti.ReadWrite.All"),
  };
};

/** Counts a call of an application, or throws the 429 that the service would answer. */
export const countCall = (
  world: World,
  { tenant, application }: Pick<Caller, "tenant" | "application">,
  operation: Operation,
): void => {
  const rate: Limits["defender"][Operation] = world.state.limits.defender[operation];
  const key = `defender ${operation} ${tenant.tenantId} ${application.clientId}`;
  const admission = world.windows.admit(key, rate, world.now().getTime());
  if (!admission.admitted) {
    const { limit, spanMs, retryAfterSeconds } = admission;
    throw refuse(
      429,
      "429",
      `API calls quota exceeded! Maximum allowed ${String(limit)} per ${formatSpan(spanMs)} for the key Destination+TenantID+AppID. You can send requests again in ${String(retryAfterSeconds)} seconds.`,
      { "retry-after": String(retryAfterSeconds) },
    );
  }
};

/** Checks token and roles; throws the 401 or 403 that the service would answer. */
export const authorise = async (
  call: Call,
  world: World,
  required: readonly string[],
): Promise<{ tenant: Tenant; application: Application; roles: string[] }> => {
  const access = await checkAccess(call, world, "defender");
  if (access.status === "denied") {
    throw refuse(401, "Unauthorized", access.detail, { "www-authenticate": 'Bearer error="invalid_token"' });
  }
  if (!access.roles.some((role) => required.includes(role))) {
    throw refuse(
      403,
      "Forbidden",
      `Missing application roles. API required roles: ${required.join(",")}, application roles: ${access.roles.join(",")}.`,
    );
  }
  return access;
};
