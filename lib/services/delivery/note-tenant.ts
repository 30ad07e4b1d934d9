import "server-only";

import type { PoolClient } from "pg";

import type { Maker, RemoteRecord } from "@/lib/connectors/contract";
import { readClock } from "@/lib/db/clock";
import { HAS_ENDED_IDS } from "@/lib/db/queries/ended-ids";
import { bulkAsSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import {
  disown,
  findForeign,
  noteOwnMakers,
  readOurMakers,
  replaceForeign,
  toKeptForeign,
  type Disowned,
} from "@/lib/services/reconcile/foreign-records";
import { forgetFill, noteFill, type Viewer } from "./note-fill";

type Listed = ReadonlyMap<string, RemoteRecord>;

/**
 * Notes all that a viewer was just shown of its Defender tenant, by remote ids: how full it is, and who made what. `seesOthers`: by
 * its rights, or null. Gives what somebody else made.
 */
export const noteTenant = async (
  viewer: Viewer,
  shown: Listed,
  seesOthers: boolean | null,
): Promise<ReadonlyMap<string, Maker>> => {
  // A token that does not tell leaves what was shown as the only evidence.
  const isWhole = seesOthers ?? [...shown.values()].some(({ isOurs }) => !isOurs);
  const foreign = await noteMakers(viewer, { shown, isWhole });
  if (isWhole) await noteFill(viewer, shown);
  else if (seesOthers === null) await forgetFill(viewer);
  return foreign;
};

type Shown = { shown: Listed; isWhole: boolean };

/**
 * Notes who made what an application was just shown of its tenant: what is ours, what turned out not to be, and, where it is shown the
 * whole, what others hold there. Gives what somebody else made, by remote ids.
 */
const noteMakers = (
  { access: { destinationId, connectorId } }: Viewer,
  { shown, isWhole }: Shown,
): Promise<ReadonlyMap<string, Maker>> =>
  bulkAsSystem("delivery", async (client) => {
    const now = await readClock(client);
    const viewers = await holdViewers(client, { destinationId, connectorId });
    const foreign = findForeign(shown.values(), await readOurMakers(client, destinationId));
    const remoteIds = [...shown.values()].flatMap(({ remoteId, createdBy }) =>
      createdBy === null || foreign.has(remoteId) ? [] : [remoteId],
    );
    await noteOwnMakers(client, destinationId, { remoteIds, now });
    if (foreign.size > 0) await audit(client, await disown(client, destinationId, { foreign, now }), now);
    if (isWhole) {
      const records = [...shown.values()].flatMap((record) => {
        const isOthers = record.createdBy === null ? !record.isOurs : foreign.has(record.remoteId);
        return (isOthers ? toKeptForeign(record) : null) ?? [];
      });
      await replaceForeign(client, destinationId, { records, viewers, now });
    }
    // What is read for the destination is read for all that lead there.
    await client.query("UPDATE connector SET looked_at = $2 WHERE id = ANY ($1::uuid[])", [viewers, now]);
    if (connectorId !== null) await compareSoon(client, { destinationId, connectorId, shown });
    return foreign;
  });

type Viewing = { destinationId: string; connectorId: string | null };

/** The connectors that are shown what is read, held before all that is written down with it (`lock-receipts.ts`). */
const holdViewers = async (
  client: PoolClient,
  { destinationId, connectorId }: Viewing,
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM connector WHERE destination_id = $1 AND ($2::uuid IS NULL OR id = $2)
     -- Who applies a plan keeps its connector for as long; that one then looks again.
     ORDER BY id FOR NO KEY UPDATE ${connectorId === null ? "SKIP LOCKED" : ""}`,
    [destinationId, connectorId],
  );
  return rows.map(({ id }) => id);
};

type Ended = { destinationId: string; connectorId: string; shown: Listed };

/** What was deleted to be made anew and is still shown is judged once destinations had their minutes to show that it went. */
const compareSoon = async (
  client: PoolClient,
  { destinationId, connectorId, shown }: Ended,
): Promise<void> => {
  const ids = [...shown.values()].flatMap(({ remoteId, isOurs }) => (isOurs ? [remoteId] : []));
  await client.query(
    `UPDATE connector SET reconcile_tried_at = least(reconcile_tried_at, now() - make_interval(mins => reconcile_minutes) + interval '6 minutes')
     WHERE id = $3 AND ${HAS_ENDED_IDS}`,
    [destinationId, ids, connectorId],
  );
};

const audit = async (client: PoolClient, disowned: readonly Disowned[], now: Date): Promise<void> => {
  for (const { connectorId: id, teamId, count } of disowned) {
    const subject = { type: "connector", id };
    const entry = { teamId, doer: SYSTEM, action: "connector.disown", subject, detail: { count } };
    await recordAuditSql(client, entry, now);
  }
};
