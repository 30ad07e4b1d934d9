import { randomUUID } from "node:crypto";

import { z } from "zod";

import { pathParam, type Call } from "../http/call";
import { empty, json, type Reply } from "../http/reply";
import { type World } from "../world";

import { admitArm, PREVIEW_VERSIONS, readArmBody, STABLE_VERSIONS } from "./arm-access";
import { indicatorItem, stixItem } from "./arm-items";
import { parse } from "./arm-query";
import { refuse, sentinelError } from "./errors";
import { nextLinkOf, pageOf, skipOf } from "./paging";
import { isActive, textOf, type StixRow } from "./stix-row";
import { identityOf, writeDeletion, writeObject } from "./stix-write";
import { validateObject } from "./validate-object";
import { indexedUpTo, queryable } from "./visible";

const creationSchema = z.object({
  kind: z.literal("indicator"),
  properties: z.object({
    source: z.string().min(1),
    displayName: z.string().min(1),
    description: z.string().optional(),
    pattern: z.string().min(1),
    patternType: z.string().min(1),
    validFrom: z.string(),
    validUntil: z.string().optional(),
    confidence: z.number().optional(),
    threatTypes: z.array(z.string()).optional(),
    threatIntelligenceTags: z.array(z.string()).optional(),
    revoked: z.boolean().optional(),
    objectMarkingRefs: z.array(z.string()).optional(),
  }),
});

/** `POST /main/createIndicator`: 201 with the new indicator. */
export const createIndicator = async (call: Call, world: World): Promise<Reply> => {
  const { tenant, workspace, application } = await admitArm(call, world, STABLE_VERSIONS);
  const { properties } = parse(creationSchema, readArmBody(call));
  const now = world.now().toISOString();
  const object = {
    id: `indicator--${randomUUID()}`,
    type: "indicator",
    spec_version: "2.1",
    created: now,
    modified: now,
    name: properties.displayName,
    pattern: properties.pattern,
    pattern_type: "stix",
    valid_from: properties.validFrom,
    ...(properties.description === undefined ? {} : { description: properties.description }),
    ...(properties.validUntil === undefined ? {} : { valid_until: properties.validUntil }),
    ...(properties.confidence === undefined ? {} : { confidence: properties.confidence }),
    ...(properties.threatTypes === undefined ? {} : { indicator_types: properties.threatTypes }),
    ...(properties.threatIntelligenceTags === undefined ? {} : { labels: properties.threatIntelligenceTags }),
    ...(properties.revoked === undefined ? {} : { revoked: properties.revoked }),
    ...(properties.objectMarkingRefs === undefined
      ? {}
      : { object_marking_refs: properties.objectMarkingRefs }),
  };
  const problems = validateObject(object);
  if (problems.length > 0) throw refuse(400, "BadRequest", problems.join(" "));
  const where = { tenantId: tenant.tenantId, workspace, application, sourceSystem: properties.source };
  writeObject(world, { ...where, method: "ManagementApi" }, object);
  world.changed();
  const row = world.state.sentinel.find(workspace.workspaceId, identityOf(properties.source, object.id));
  if (row === null) throw new Error("An indicator that was just written is missing.");
  return json(201, indicatorItem(row, workspace));
};

/** `GET /main/indicators`: active indicators, paged by `$top` and `$skipToken`. */
export const listArmIndicators = async (call: Call, world: World): Promise<Reply> => {
  const { workspace } = await admitArm(call, world, STABLE_VERSIONS);
  const top = Number(call.query.get("$top") ?? "100");
  if (!Number.isInteger(top) || top < 1 || top > 1000)
    throw refuse(400, "BadRequest", "$top must be 1 to 1000.");
  const found = queryable(world, workspace.workspaceId).filter(
    (row) =>
      textOf(row, "type") === "indicator" &&
      !world.state.sentinel.isHiddenFromIndicatorPath(row) &&
      (world.state.switches.sentinelQueryInactive === "show" || isActive(row, world.now())),
  );
  const page = pageOf(found, skipOf(call.query.get("$skipToken")), top);
  return json(200, {
    value: page.value.map((row) => indicatorItem(row, workspace)),
    ...nextLinkOf(call, page.nextSkip),
  });
};

/** `GET /main/indicators/{name}`. */
export const getArmIndicator = async (call: Call, world: World): Promise<Reply> => {
  const { workspace } = await admitArm(call, world, STABLE_VERSIONS);
  const row = named(call, world, workspace.workspaceId);
  return row === null || world.state.sentinel.isHiddenFromIndicatorPath(row)
    ? notFound(call)
    : json(200, indicatorItem(row, workspace));
};

/** `DELETE /main/indicators/{name}`: 200, or 204 when there is none. By default it shows the observed quirk: gone here, still listed by queries. */
export const deleteArmIndicator = async (call: Call, world: World): Promise<Reply> => {
  const { workspace, application } = await admitArm(call, world, STABLE_VERSIONS);
  const row = named(call, world, workspace.workspaceId);
  if (row === null || world.state.sentinel.isHiddenFromIndicatorPath(row)) return empty(204);
  if (world.state.switches.sentinelDeleteByIndicatorPath === "removes")
    writeDeletion(world, row, application);
  else world.state.sentinel.hideFromIndicatorPath(row);
  world.changed();
  return empty(200);
};

/** `GET …/threatIntelligence/{identity}`, the path that `query` answers as an object's id. */
export const getArmObject = async (call: Call, world: World): Promise<Reply> => {
  const { workspace } = await admitArm(call, world, PREVIEW_VERSIONS);
  const row = named(call, world, workspace.workspaceId);
  return row === null ? notFound(call) : json(200, stixItem(row, workspace, world.state.switches));
};

/** `DELETE …/threatIntelligence/{identity}`: 200, or 204 when there is none. */
export const deleteArmObject = async (call: Call, world: World): Promise<Reply> => {
  const { workspace, application } = await admitArm(call, world, PREVIEW_VERSIONS);
  const row = named(call, world, workspace.workspaceId);
  if (row === null) return empty(204);
  if (world.state.switches.sentinelDeleteByObjectPath === "removes") {
    writeDeletion(world, row, application);
    world.changed();
  }
  return empty(200);
};

const named = (call: Call, world: World, workspaceId: string): StixRow | null => {
  const row = world.state.sentinel.findByName(workspaceId, pathParam(call, "name"), indexedUpTo(world));
  return row === null || row.isDeleted ? null : row;
};

const notFound = (call: Call): Reply =>
  sentinelError(404, "NotFound", `Threat intelligence object '${pathParam(call, "name")}' was not found.`);
