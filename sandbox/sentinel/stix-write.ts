import { createHash } from "node:crypto";

import { type Application, type Workspace } from "../state/directory";
import { type World } from "../world";

import { parseSimplePattern } from "./pattern";
import { textOf, type StixRow } from "./stix-row";

type Written = { ok: true } | { ok: false; message: string };

/** Sentinel's identity of an object: the same STIX id under another source is another object. */
export const identityOf = (sourceSystem: string, stixId: string): string =>
  `${Buffer.from(sourceSystem, "utf8").toString("base64")}---${stixId}`;

/** Appends a valid object to the workspace's table. A revoked object stays revoked, which STIX makes permanent. */
export const writeObject = (
  world: World,
  where: {
    tenantId: string;
    workspace: Workspace;
    application: Application;
    sourceSystem: string;
    method: string;
  },
  object: Record<string, unknown>,
): Written => {
  const { sentinel, switches } = world.state;
  const { workspaceId } = where.workspace;
  const identity = identityOf(where.sourceSystem, String(object["id"]));
  const before = sentinel.find(workspaceId, identity);
  const known = before?.isDeleted === true ? null : before;
  if (known !== null && isNotNewer(known, object) && switches.sentinelOlderModified !== "accept") {
    return switches.sentinelOlderModified === "ignore"
      ? { ok: true }
      : {
          ok: false,
          message: `Error for Property=modified: Must be later than the stored version. Actual value: ${String(object["modified"])}.`,
        };
  }
  if (known !== null && isIgnored(world, object)) return { ok: true };
  const pattern = object["pattern"];
  const observable = typeof pattern === "string" ? parseSimplePattern(pattern) : null;
  const now = world.now().toISOString();
  const { displayName, clientId } = where.application;
  sentinel.append({
    timeGenerated: now,
    identity,
    name: guidOf(identity),
    workspaceId,
    tenantId: where.tenantId,
    sourceSystem: where.sourceSystem,
    observableKey: observable?.key ?? null,
    observableValue: observable?.value ?? null,
    isDeleted: false,
    lastUpdateMethod: where.method,
    firstIngestedAt: known?.firstIngestedAt ?? now,
    createdBy: known?.createdBy ?? displayName,
    createdByAppId: known?.createdByAppId ?? clientId,
    lastModifiedBy: displayName,
    data: known?.data["revoked"] === true ? { ...object, revoked: true } : object,
  });
  return { ok: true };
};

/** By switch, an end or a revocation is answered as if it were stored, and is not. */
const isIgnored = ({ state: { switches }, now }: World, object: Record<string, unknown>): boolean => {
  if (object["revoked"] === true) return switches.sentinelRevoke === "lies";
  const end = Date.parse(String(object["valid_until"]));
  return switches.sentinelEnd === "lies" && end <= now().getTime();
};

/** Appends the row that marks an object as deleted. */
export const writeDeletion = (world: World, row: StixRow, application: Application): void => {
  world.state.sentinel.append({
    ...row,
    timeGenerated: world.now().toISOString(),
    updatedAt: undefined,
    isDeleted: true,
    lastUpdateMethod: "Delete",
    lastModifiedBy: application.displayName,
  });
};

const isNotNewer = (known: StixRow, object: Record<string, unknown>): boolean =>
  Date.parse(String(object["modified"])) <= Date.parse(textOf(known, "modified") ?? "");

/** The same GUID for the same text (UUID version 5 in form; the name space is the sandbox's own). */
export const guidOf = (identity: string): string => {
  const hex = createHash("sha1").update(`sluice-sandbox:${identity}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
