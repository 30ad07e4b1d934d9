import { checkAccess } from "../entra/access-token";
import { pathParam, readJson, type Call } from "../http/call";
import { empty, json, Refusal, type Reply } from "../http/reply";
import { findWorkspace, type Application, type Workspace } from "../state/directory";
import { type World } from "../world";

import { requireApiVersion } from "./api-version";
import { refuse, sentinelError } from "./errors";
import { writeObject } from "./stix-write";
import { validateObject } from "./validate-object";

const API_VERSIONS = ["2024-02-01-preview"];
const MAX_SOURCE_LENGTH = 256;
const RESERVED_SOURCE = "microsoft sentinel";

type Target = { tenantId: string; workspace: Workspace; application: Application };
type ItemErrors = { recordIndex: number; messages: string[] };

/** `POST …/threat-intelligence-stix-objects:upload`: 200 with an empty body, 200 with errors by index, or a refusal. */
export const uploadObjects = async (call: Call, world: World): Promise<Reply> => {
  const caller = await admit(call, world);
  const isBodyFirst = world.state.switches.sentinelRefusalOrder === "body-first";
  if (isBodyFirst) judgeBody(readBody(call, world).objects, world);
  const target = requireRole(caller);
  const { sourceSystem, objects } = readBody(call, world);
  const errors: ItemErrors[] = [];
  let stored = 0;
  for (const [recordIndex, object] of objects.entries()) {
    const messages = storeOne(world, { ...target, sourceSystem }, object);
    if (messages.length > 0) errors.push({ recordIndex, messages });
    else stored += 1;
  }
  if (stored > 0) world.changed();
  if (errors.length === 0) return empty(200);
  if (stored === 0 && world.state.switches.sentinelNoValidObject === "bad-request") {
    return noValidObject(errors[0]?.messages[0]);
  }
  const list = world.state.switches.sentinelErrorList;
  return json(200, {
    errors: errors.map(({ recordIndex, messages }) => ({ recordIndex, [list]: messages })),
  });
};

/** As far as no object needs to be stored for it. */
const judgeBody = (objects: readonly unknown[], world: World): void => {
  if (world.state.switches.sentinelNoValidObject !== "bad-request") return;
  const found = objects.map((object) => validateObject(object));
  if (found.every((messages) => messages.length > 0)) throw new Refusal(noValidObject(found[0]?.[0]));
};

const noValidObject = (message = ""): Reply =>
  sentinelError(400, "BadRequest", `No valid STIX object. ${message}`);

const storeOne = (world: World, where: Target & { sourceSystem: string }, object: unknown): string[] => {
  const messages = validateObject(object);
  if (messages.length > 0 || typeof object !== "object" || object === null) return messages;
  const written = writeObject(world, { ...where, method: "UploadApi" }, { ...object });
  return written.ok ? [] : [written.message];
};

type Admitted = Target & { callerTenantId: string };

const admit = async (call: Call, world: World): Promise<Admitted> => {
  const access = await checkAccess(call, world, "management");
  if (access.status === "denied") {
    throw refuse(401, "Unauthorized", access.detail, { "www-authenticate": 'Bearer error="invalid_token"' });
  }
  requireApiVersion(call, API_VERSIONS);
  const workspaceId = pathParam(call, "workspaceId");
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(workspaceId)) {
    throw refuse(400, "BadArgument", `The workspace id '${workspaceId}' is not a GUID.`);
  }
  const { clientId } = access.application;
  const key = `sentinel upload ${access.tenant.tenantId} ${clientId}`;
  const admission = world.windows.admit(key, world.state.limits.sentinel.upload, world.now().getTime());
  if (!admission.admitted) throw new Refusal(throttled(admission.retryAfterSeconds, world));
  const found = findWorkspace(world.state.tenants, workspaceId);
  if (found === null) throw refuse(404, "WorkspaceNotFound", `The workspace '${workspaceId}' was not found.`);
  const { workspace, tenant } = found;
  return {
    ...{ tenantId: tenant.tenantId, workspace, application: access.application },
    callerTenantId: access.tenant.tenantId,
  };
};

const requireRole = ({ callerTenantId, ...target }: Admitted): Target => {
  const { workspace, application, tenantId } = target;
  const { clientId, sentinelContributorOn } = application;
  if (tenantId === callerTenantId && sentinelContributorOn.includes(workspace.workspaceId)) return target;
  throw refuse(
    403,
    "Forbidden",
    `The client '${clientId}' does not have the role Microsoft Sentinel Contributor on the workspace '${workspace.workspaceId}'. If access was recently granted, it may take some minutes to take effect.`,
  );
};

const readBody = (call: Call, world: World): { sourceSystem: string; objects: unknown[] } => {
  const parsed = readJson(call);
  if (!parsed.ok) throw refuse(400, "BadRequest", `The request body is not valid JSON: ${parsed.message}`);
  if (typeof parsed.value !== "object" || parsed.value === null) {
    throw refuse(400, "BadRequest", "The request body must be an object.");
  }
  const body: Record<string, unknown> = { ...parsed.value };
  const sourceSystem = body["sourcesystem"];
  const objects: unknown = body["stixobjects"];
  if (typeof sourceSystem !== "string" || sourceSystem.trim() === "") {
    throw refuse(400, "BadRequest", "Error for Property=sourcesystem: Required property is missing.");
  }
  if (sourceSystem.length > MAX_SOURCE_LENGTH) {
    throw refuse(
      400,
      "BadRequest",
      `Error for Property=sourcesystem: At most ${String(MAX_SOURCE_LENGTH)} characters are allowed.`,
    );
  }
  if (sourceSystem.trim().toLowerCase() === RESERVED_SOURCE) {
    throw refuse(400, "BadRequest", "Error for Property=sourcesystem: 'Microsoft Sentinel' is reserved.");
  }
  if (!Array.isArray(objects))
    throw refuse(400, "BadRequest", "Error for Property=stixobjects: Required property is missing.");
  const most = world.state.limits.sentinel.objectsPerRequest;
  if (objects.length > most) {
    throw refuse(
      400,
      "BadRequest",
      `Error for Property=stixobjects: ${String(objects.length)} objects were sent, at most ${String(most)} are allowed.`,
    );
  }
  if (objects.length === 0)
    throw refuse(400, "BadRequest", "Error for Property=stixobjects: The list is empty.");
  return { sourceSystem, objects };
};

const throttled = (seconds: number, world: World): Reply =>
  json(
    429,
    { statusCode: 429, message: `Rate limit is exceeded. Try again in ${String(seconds)} seconds.` },
    world.state.switches.sentinelRetryAfter === "present" ? { "retry-after": String(seconds) } : {},
  );
