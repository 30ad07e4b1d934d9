import "server-only";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { findDrift, type Altered, type DriftField } from "@/lib/domain/delivery/drift";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { mergeClaims } from "@/lib/domain/delivery/merge-claims";
import { isTouched } from "@/lib/domain/delivery/touched";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { toPlainText } from "@/lib/domain/plain-text";
import { env } from "@/lib/env/server";
import { textLimits } from "@/lib/services/connectors/text-limits";
import { readOurMakers, type IsOurMaker } from "@/lib/services/reconcile/foreign-records";

import { composeTexts } from "./compose-record";
import { hashTexts, toShown, type AwaitedRecord } from "./read-back";
import { readClaims } from "./team-claims";

type Place = { destinationId: string; kind: ConnectorKind };

/** Tells whether what is awaited and listed was written by somebody since it was accepted. Asks whose the applications are only if that matters. */
export const openTouched = (client: PoolClient, { destinationId, kind }: Place, now: Date) => {
  let ours: Promise<IsOurMaker> | null = null;
  const tellWriter = async ({ updatedBy, createdBy, createdByName }: Listed): Promise<Writer> => {
    // A workspace says that ours are as late as we said ourselves.
    if (kind !== "defender") return null;
    // Defender names nobody before the first change.
    if (updatedBy === null || updatedBy === "") return "nobody";
    if (updatedBy === createdBy || updatedBy === createdByName) return "us";
    ours ??= readOurMakers(client, destinationId);
    return (await ours)(updatedBy) ? "us" : "others";
  };
  return async (listed: RemoteRecord, sent: Sent): Promise<boolean> => {
    if (isAsFoundBefore(listed, sent)) return false;
    const facts = { ...sent, updatedAt: listed.updatedAt };
    // By the times alone, first.
    if (!isTouched({ ...facts, updatedBy: "others" }, now)) return false;
    return isTouched({ ...facts, updatedBy: await tellWriter(listed) }, now);
  };
};

type Listed = Pick<RemoteRecord, "updatedAt" | "updatedBy" | "createdBy" | "createdByName">;
type Sent = AwaitedRecord & Pick<Parameters<typeof isTouched>[0], "isAsSent">;
type Writer = Parameters<typeof isTouched>[0]["updatedBy"];

/** What is shown as it was before it was put right is what its destination makes of it: sent again and again it would stay so. */
const isAsFoundBefore = (listed: RemoteRecord, { foundBefore, ...sent }: AwaitedRecord): boolean => {
  const shown = toShown(listed);
  const differences = findDrift({ ...sent, textHash: null }, shown);
  return (
    differences.length > 0 &&
    differences.every((field) => {
      const name = FOUND_BEFORE[field];
      return name !== undefined && foundBefore[name] === shown[name];
    })
  );
};

const FOUND_BEFORE: Partial<Record<DriftField, keyof Altered>> = {
  deviceGroups: "groups",
  alert: "alerts",
  pattern: "pattern",
  marking: "marking",
};

/** How the texts of records were sent, as they would be shown, by the record: composed once more of what their claims say. */
export const hashSentTexts = async (
  client: PoolClient,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  if (recordIds.length === 0) return new Map();
  const claims = await readClaims(client, recordIds);
  const { rows } = await client.query<Written>(
    `SELECT r.id, r.owner_connector_id AS "ownerId", i.key, i.type, d.kind FROM remote_record r JOIN indicator i ON i.id = r.indicator_id
     JOIN destination d ON d.id = r.destination_id WHERE r.id = ANY ($1::uuid[])`,
    [recordIds],
  );
  const hashes = new Map<string, string>();
  for (const { id, ownerId, key, type, kind } of rows) {
    const [oldest, ...others] = claims.get(id) ?? [];
    if (!oldest) continue;
    const limits = textLimits(kind);
    // As it was written, under the ceiling of whoever wrote it.
    const writer = others.find(({ connectorId }) => connectorId === ownerId) ?? oldest;
    const merged = mergeClaims([oldest.sent, ...others.map(({ sent }) => sent)], writer.maxTlp);
    const subject = { key, type: indicatorTypeFromCode(type) };
    const texts = composeTexts(subject, merged, { appUrl: env().APP_URL, textLimits: limits });
    const title = toPlainText(texts.title, limits.title);
    hashes.set(id, hashTexts(title, toPlainText(texts.description, limits.description)));
  }
  return hashes;
};

type Written = { id: string; ownerId: string | null; key: string; type: number; kind: ConnectorKind };

/** Has a connector compared as soon as nothing is sent there: what was found touched is to be listed. */
export const compareAtOnce = async (client: PoolClient, connectorId: string): Promise<void> => {
  await client.query(
    `UPDATE connector SET reconcile_tried_at = least(reconcile_tried_at, now() - make_interval(mins => reconcile_minutes))
     WHERE id = $1`,
    [connectorId],
  );
};
