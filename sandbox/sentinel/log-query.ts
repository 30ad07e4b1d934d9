import { z } from "zod";

import { checkAccess } from "../entra/access-token";
import { pathParam, readJson, type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { findWorkspace } from "../state/directory";
import { type World } from "../world";

import { refuse } from "./errors";
import { isActive, textsOf } from "./stix-row";
import { queryable } from "./visible";

const bodySchema = z.object({ query: z.string() });

/**
 * `POST /logs/v1/workspaces/{id}/query`: Log Analytics. It speaks no KQL: of a query over `ThreatIntelIndicators` it takes the source
 * system and the labels `team:…`, and counts the objects of these that hold.
 */
export const queryLogs = async (call: Call, world: World): Promise<Reply> => {
  const access = await checkAccess(call, world, "logs");
  if (access.status === "denied") throw refuse(401, "InvalidTokenError", access.detail);
  const workspaceId = pathParam(call, "workspaceId");
  const found = findWorkspace(world.state.tenants, workspaceId);
  if (found?.tenant.tenantId !== access.tenant.tenantId)
    throw refuse(404, "WorkspaceNotFoundError", `The workspace '${workspaceId}' could not be found.`);
  if (!access.application.sentinelContributorOn.includes(found.workspace.workspaceId))
    throw refuse(
      403,
      "InsufficientAccessError",
      "The provided credentials have insufficient access to perform the requested operation",
    );
  const body = readJson(call);
  const parsed = bodySchema.safeParse(body.ok ? body.value : null);
  if (!parsed.success) throw refuse(400, "BadArgumentError", "The request had some invalid properties.");
  const { query } = parsed.data;
  const source = /SourceSystem == "([^"]*)"/.exec(query)?.[1];
  const labels = [...query.matchAll(/"(team:[^"]*)"/g)].flatMap(([, label]) => label ?? []);
  if (!query.includes("ThreatIntelIndicators") || source === undefined || labels.length === 0)
    throw refuse(
      400,
      "BadArgumentError",
      "The sandbox counts the indicators of one source system and team, and nothing else.",
    );
  const held = queryable(world, found.workspace.workspaceId).filter(
    (row) =>
      row.sourceSystem === source &&
      isActive(row, world.now()) &&
      textsOf(row, "labels").some((label) => labels.includes(label)),
  );
  return json(200, {
    tables: [{ name: "PrimaryResult", columns: [{ name: "Held", type: "long" }], rows: [[held.length]] }],
  });
};
