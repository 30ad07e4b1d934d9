import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import type { Receipt, WithdrawnRecord } from "@/lib/connectors/contract";
import { OWN_REMOTE_IDS } from "@/lib/db/queries/own-remote-ids";
import { bulkAsSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { strangerShownSchema } from "@/lib/domain/delivery/shown";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import type { Application } from "@/lib/services/delivery/applications";
import { assertMayGoOn, createBorrower } from "@/lib/services/delivery/borrow-destination";
import { IS_TO_BE_REMOVED } from "./find-strangers";
import { installationIdentity } from "@/lib/services/delivery/installation";
import { findDeferral, settleSlot, toTrouble, type Trouble } from "@/lib/services/delivery/send-batch";

type Options = { signal: AbortSignal; open?: OpenDestination };

/**
 * Removes at a connector's destination what its application made there, nobody here knows of, and a person had removed. That it went is
 * seen by the next comparison, which follows in some minutes. Safe to call at any time, twice, or for any connector.
 */
export const removeStrangers = async (
  connectorId: string,
  { signal, open }: Options,
): Promise<{ removed: number; refused: number }> => {
  const sum = { removed: 0, refused: 0 };
  const connector = await bulkAsSystem("delivery", (client) => readConnector(client, connectorId));
  if (!connector) return sum;
  const borrower = createBorrower({ ...connector, connectorId }, open);
  const context: Context = {
    ...{ ...connector, connectorId },
    application: await borrower.applications(connectorId),
    createdByRef: await installationIdentity(),
  };
  const { access, destination } = context.application;
  try {
    for (;;) {
      const attempt = await bulkAsSystem("delivery", (client) => readNextAttempt(client, connectorId));
      if (attempt === null) break;
      const { operation, max } = destination.removalBy(attempt);
      const bite = { attempt, max };
      const page = await borrower.borrow({ key: access, operation, signal }, (held) =>
        removeBite(context, bite, held),
      );
      sum.removed += page.removed;
      sum.refused += page.refused;
      assertMayGoOn(page.trouble);
    }
  } finally {
    if (sum.removed + sum.refused > 0) await bulkAsSystem("delivery", (client) => note(client, context, sum));
  }
  return sum;
};

type Connector = { teamId: string; destinationId: string };
type Context = Connector & { connectorId: string; application: Application; createdByRef: string };

const readConnector = async (client: PoolClient, connectorId: string): Promise<Connector | null> => {
  const { rows } = await client.query<Connector>(
    `SELECT team_id AS "teamId", destination_id AS "destinationId" FROM connector
     WHERE id = $1 AND enabled AND deleted_at IS NULL`,
    [connectorId],
  );
  return rows[0] ?? null;
};

/** How often those were tried whose turn is next; null when nothing is left. */
const readNextAttempt = async (client: PoolClient, connectorId: string): Promise<number | null> => {
  const { rows } = await client.query<{ attempt: number | null }>(
    `SELECT min(removal_tries) AS attempt FROM stranger WHERE connector_id = $1 AND ${CAN_BE_REMOVED}`,
    [connectorId],
  );
  return rows[0]?.attempt ?? null;
};

const CAN_BE_REMOVED = `type IS NOT NULL AND ${IS_TO_BE_REMOVED}`;

/** What is removed at a time, all in one way. */
type Bite = { attempt: number; max: number };

const removeBite = async (
  context: Context,
  bite: Bite,
  signal: AbortSignal,
): Promise<{ removed: number; refused: number; trouble: Trouble | null }> => {
  const { connectorId, application } = context;
  const { destination, pacer } = application;
  const rows = await bulkAsSystem("delivery", (client) => take(client, context, bite));
  if (rows.length === 0) return { removed: 0, refused: 0, trouble: null };
  try {
    const receipts = await destination.withdraw(
      rows.map((row) => toWithdrawn(row, context)),
      signal,
    );
    const trouble = await findDeferral(application, receipts);
    await pacer.settle();
    const counts = await bulkAsSystem("delivery", (client) => settle(client, connectorId, receipts));
    return { ...counts, trouble };
  } catch (error) {
    await bulkAsSystem("delivery", (client) =>
      giveBack(
        client,
        connectorId,
        rows.map(({ remoteId }) => remoteId),
      ),
    );
    if (error instanceof AppError) await settleSlot(pacer, toTrouble(error));
    throw error;
  }
};

/** Notes that they are removed before any request leaves, and forgets what became one of ours since it was decided. */
const take = async (
  client: PoolClient,
  { connectorId, destinationId }: Context,
  { attempt, max }: Bite,
): Promise<Row[]> => {
  await client.query(
    `DELETE FROM stranger WHERE connector_id = $2 AND ${IS_TO_BE_REMOVED}
       AND remote_id IN (SELECT "remoteId" FROM (${OWN_REMOTE_IDS}) ours)`,
    [destinationId, connectorId],
  );
  const { rows } = await client.query(
    // Materialized: joined row by row, the limited list would be read anew for each and go on behind what was just taken.
    // Whoever started it may have a clock that is ahead: it is not removed over and over until that time has come.
    `WITH mine AS MATERIALIZED (
       SELECT remote_id FROM stranger WHERE connector_id = $1 AND ${CAN_BE_REMOVED} AND removal_tries = $3
       ORDER BY remote_id LIMIT $2 FOR UPDATE
     )
     UPDATE stranger k SET removed_at = greatest(clock_timestamp(), removing_since), removal_tries = k.removal_tries + 1, problem = NULL
     FROM mine WHERE k.connector_id = $1 AND k.remote_id = mine.remote_id
     RETURNING k.remote_id AS "remoteId", k.type, k.value, k.shown, k.removal_tries - 1 AS attempt, k.removed_at AS "removedAt"`,
    [connectorId, max, attempt],
  );
  return z.array(rowSchema).parse(rows);
};

const rowSchema = z.object({
  remoteId: z.string(),
  type: z.number(),
  value: z.string(),
  shown: strangerShownSchema,
  attempt: z.number(),
  removedAt: z.date(),
});
type Row = z.output<typeof rowSchema>;

const toWithdrawn = (
  { remoteId, type, value, shown, attempt, removedAt }: Row,
  { createdByRef }: Context,
): WithdrawnRecord => ({
  // Receipts are told apart by it; the record is of no indicator of ours.
  indicatorId: remoteId,
  type: indicatorTypeFromCode(type),
  value,
  externalId: shown.externalId ?? "",
  stixId: shown.stixId ?? "",
  createdByRef,
  createdAt: shown.madeAt ?? removedAt,
  modifiedAt: removedAt,
  validFrom: shown.madeAt ?? removedAt,
  // It is known by its id, whatever its groups.
  deviceGroups: [],
  remoteId,
  endedAt: removedAt,
  attempt,
  texts: null,
});

const settle = async (
  client: PoolClient,
  connectorId: string,
  receipts: readonly Receipt[],
): Promise<{ removed: number; refused: number }> => {
  const refused = receipts.flatMap(({ indicatorId, outcome }) =>
    outcome.status === "rejected" ? [{ remote_id: indicatorId, problem: outcome.reason }] : [],
  );
  const deferred = receipts.filter(({ outcome }) => outcome.status === "deferred");
  await client.query(
    `UPDATE stranger k SET problem = s.problem, removing_since = NULL, removed_at = NULL
     FROM jsonb_to_recordset($2::jsonb) AS s (remote_id text, problem text)
     WHERE k.connector_id = $1 AND k.remote_id = s.remote_id`,
    [connectorId, JSON.stringify(refused)],
  );
  await giveBack(
    client,
    connectorId,
    deferred.map(({ indicatorId }) => indicatorId),
  );
  return { removed: receipts.length - refused.length - deferred.length, refused: refused.length };
};

/** Whatever became of the request: to remove once more what is gone does nothing. */
const giveBack = (client: PoolClient, connectorId: string, remoteIds: readonly string[]) =>
  client.query(
    `UPDATE stranger SET removed_at = NULL, removal_tries = greatest(0, removal_tries - 1)
     WHERE connector_id = $1 AND remote_id = ANY ($2)`,
    [connectorId, remoteIds],
  );

const note = async (
  client: PoolClient,
  { connectorId, teamId }: Context,
  detail: { removed: number; refused: number },
): Promise<void> => {
  // Destinations show a removal within some minutes: whether it went is looked for then, not with the next round.
  await client.query(
    `UPDATE connector SET reconcile_tried_at = now() - make_interval(mins => reconcile_minutes) + interval '2 minutes'
     WHERE id = $1`,
    [connectorId],
  );
  const subject = { type: "connector", id: connectorId };
  await recordAuditSql(client, { teamId, doer: SYSTEM, action: "stranger.removed", subject, detail });
};
