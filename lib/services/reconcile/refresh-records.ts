import "server-only";

import type { PoolClient } from "pg";

import type { ItemOutcome } from "@/lib/connectors/contract";
import { readClock } from "@/lib/db/clock";
import { bulkAsSystem, bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { mergeClaims } from "@/lib/domain/delivery/merge-claims";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { recordScope } from "@/lib/domain/selection/policy";
import { env } from "@/lib/env/server";
import { logger } from "@/lib/observability/logger";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { textLimits } from "@/lib/services/connectors/text-limits";

import type { Application } from "@/lib/services/delivery/applications";
import {
  assertMayGoOn,
  createBorrower,
  isTakenOver,
  type Borrower,
} from "@/lib/services/delivery/borrow-destination";
import { listedIds } from "@/lib/services/planning/candidate-ids";
import { composeRecord, type Surroundings } from "@/lib/services/delivery/compose-record";
import { hashRecord } from "@/lib/services/delivery/content-hash";
import { isStop } from "@/lib/services/delivery/delivery-stop";
import { installationIdentity } from "@/lib/services/delivery/installation";
import { judgeCandidates } from "@/lib/services/planning/judge-candidates";
import { readPlanningConnector } from "@/lib/services/planning/planning-connector";
import { readRecords } from "@/lib/services/delivery/read-batch";
import { readClaims } from "@/lib/services/delivery/team-claims";
import { composeAgain, type Composed } from "./compose-again";
import { settleTaken, type End, type Taken } from "./settle-taken";
import { findDeferral, settleSlot, toTrouble, type Trouble } from "@/lib/services/delivery/send-batch";

type Options = {
  signal: AbortSignal;
  open?: OpenDestination;
  /** Left out, it is what the database's clock says, by which was written down what is sent again. */
  now?: () => Date;
};

/**
 * Sends again, as it stands, what a Sentinel connector's destination has not published for too long: nothing changes, so no plan is
 * made of it. Only what a plan made now would keep is sent, each once, in the turns and at the rate of every push. The audit log has how
 * many are to go before each request leaves, and what came of all. Safe to call at any time, twice, or for any connector.
 */
export const refreshRecords = async (
  connectorId: string,
  { signal, open, now }: Options,
): Promise<{ sent: number; refused: number }> => {
  const sum: Sum = { taken: 0, sent: 0, refused: 0, unanswered: 0 };
  const tellTime = async (): Promise<Date> => now?.() ?? bulkAsSystem("delivery", readClock);
  const connector = await bulkAsSystem("delivery", (client) => readConnector(client, connectorId));
  if (!connector) return { sent: 0, refused: 0 };
  const borrower = createBorrower({ ...connector, connectorId }, open);
  const application = await borrower.applications(connectorId);
  const createdByRef = await installationIdentity();
  const context = { ...connector, connectorId, borrower, application, createdByRef, sum };
  try {
    for (let after: string | null = "0"; after !== null;) {
      const page = await refreshPage(context, { after, signal, now: await tellTime() });
      assertMayGoOn(page.trouble);
      after = page.trouble === null ? page.last : after;
    }
  } finally {
    if (sum.taken > 0) {
      const at = await tellTime();
      await bulkAsSystem("delivery", (client) => note(client, context, sum, at));
    }
  }
  return { sent: sum.sent, refused: sum.refused };
};

/** `taken`: they were to go. `unanswered`: it may have arrived, and nobody knows. */
type Sum = { taken: number; sent: number; refused: number; unanswered: number };

type Connector = { teamId: string; destinationId: string };
type Context = Connector & {
  connectorId: string;
  borrower: Borrower;
  application: Application;
  createdByRef: string;
  /** What became of all that was sent until now. */
  sum: Sum;
};

const readConnector = async (client: PoolClient, connectorId: string): Promise<Connector | null> => {
  const { rows } = await client.query<Connector>(
    `SELECT team_id AS "teamId", destination_id AS "destinationId" FROM connector
     WHERE id = $1 AND kind = 'sentinel' AND enabled AND deleted_at IS NULL`,
    [connectorId],
  );
  return rows[0] ?? null;
};

type Turn = { after: string; signal: AbortSignal; now: Date };
/** `trouble`: why some were not judged; they are due again. */
type Page = { trouble: Trouble | null; last: string | null };

const refreshPage = async (context: Context, { after, signal, now }: Turn): Promise<Page> => {
  const { application } = context;
  const { maxPerPush } = application.destination.limits;
  const ids = await bulkAsSystem("delivery", (client) =>
    readDue(client, context, { after, limit: maxPerPush }),
  );
  const last = ids.length < maxPerPush ? null : (ids.at(-1) ?? null);
  const nothing = { trouble: null, last };
  if (ids.length === 0) return nothing;
  const turn = { key: application.access, operation: "sentinel.upload", signal } as const;
  return context.borrower.borrow(turn, async (held) => {
    // Judged with the destination taken: no push changes meanwhile what stands there.
    const kept = await bulkAsTeam(context.teamId, (client) => findKept(client, context, { ids, now }));
    const records = await bulkAsSystem("delivery", (client) =>
      takeRecords(client, context, { ids: kept, now }),
    );
    if (records.length === 0) return nothing;
    context.sum.taken += records.length;
    return { trouble: await send(context, records, { signal: held, now }), last };
  });
};

const readDue = async (
  client: PoolClient,
  { connectorId }: Context,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT r.indicator_id AS id FROM remote_record r JOIN claim c ON c.record_id = r.id AND c.connector_id = $1
     WHERE r.unpublished_since IS NOT NULL AND r.state = 'live' AND r.content_hash IS NOT NULL AND r.indicator_id > $2
     ORDER BY r.indicator_id LIMIT $3`,
    [connectorId, after, limit],
  );
  return rows.map(({ id }) => id);
};

type Asked = { ids: readonly string[]; now: Date };

/** Those that a plan made now would leave as they are: what is no longer vouched for, or held back, is for a plan. */
const findKept = async (
  client: PoolClient,
  { connectorId, teamId }: Context,
  { ids, now }: Asked,
): Promise<string[]> => {
  const connector = await readPlanningConnector(client, { connectorId, teamId });
  const kept: string[] = [];
  for await (const page of judgeCandidates(client, listedIds(ids), { connector, isWithdrawal: false, now }))
    for (const { id, operation } of page) if (operation === "keep") kept.push(id);
  return kept;
};

/**
 * Composes them as they stand and notes that they were sent, before any request leaves: nothing is sent twice. How the texts of what is
 * worded anew are shown is not known from then on; that it stands so is noted once it was taken.
 */
const takeRecords = async (
  client: PoolClient,
  { connectorId, teamId, destinationId, application, createdByRef }: Context,
  { ids, now }: Asked,
): Promise<Taken[]> => {
  const { deviceGroups } = application.access;
  const texts = { appUrl: env().APP_URL, textLimits: textLimits("sentinel") };
  const surroundings: Surroundings = { ...texts, createdByRef, deviceGroups, now };
  const scope = recordScope(deviceGroups);
  const rows = await readRecords(client, { destinationId }, { scope, ids });
  const claims = await readClaims(
    client,
    [...rows.values()].map(({ id }) => id),
  );
  const values = await client.query<{ indicatorId: string; key: string; type: number; value: string }>(
    `SELECT id AS "indicatorId", key, type, value FROM indicator WHERE id = ANY ($1::bigint[]) ORDER BY id`,
    [ids],
  );
  const records = new Map<string, Composed>();
  for (const { type, ...subject } of values.rows) {
    const row = rows.get(subject.indicatorId);
    const [oldest, ...others] = row ? (claims.get(row.id) ?? []) : [];
    const mine = [oldest, ...others].find((claim) => claim?.connectorId === connectorId);
    if (!row?.contentHash || !oldest || !mine) continue;
    const item = { ...subject, type: indicatorTypeFromCode(type), deviceGroups: null };
    const standing = {
      claims: [oldest, ...others],
      maxTlp: mine.maxTlp,
      contentHash: row.contentHash,
    } as const;
    const again = composeAgain(standing, (shares, maxTlp) => {
      const record = composeRecord(item, row, mergeClaims(shares, maxTlp), surroundings);
      return { record, hash: hashRecord("sentinel", record) };
    });
    if (again) records.set(row.id, again);
  }
  const recordIds = [...records.keys()];
  await client.query("SELECT FROM remote_record WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", [
    recordIds,
  ]);
  const { rows: taken } = await client.query<Omit<Taken, "record" | "hash">>(
    `UPDATE remote_record r SET refreshed_at = $2, unpublished_since = NULL, modified_at = w.modified_at,
       shown_hash = CASE WHEN r.content_hash = w.hash THEN r.shown_hash END
     FROM unnest($1::uuid[], $3::bytea[], $4::timestamptz[]) AS w (id, hash, modified_at)
     WHERE r.id = w.id AND r.unpublished_since IS NOT NULL AND r.state = 'live' AND r.content_hash IS NOT NULL
     RETURNING r.id, r.content_hash AS "formerHash", old.shown_hash AS "shownHash"`,
    [
      ...[recordIds, now, [...records.values()].map(({ hash }) => hash)],
      [...records.values()].map(({ record }) => record.modifiedAt),
    ],
  );
  if (taken.length > 0) {
    const subject = { type: "connector", id: connectorId };
    const entry = { teamId, doer: SYSTEM, action: "connector.refresh-begin", subject };
    await recordAuditSql(client, { ...entry, detail: { taken: taken.length } }, now);
  }
  return taken.flatMap((one) => {
    const sent = records.get(one.id);
    return sent ? [{ ...one, ...sent }] : [];
  });
};

const send = async (
  { application, connectorId, sum }: Context,
  taken: readonly Taken[],
  { signal, now }: { signal: AbortSignal; now: Date },
): Promise<Trouble | null> => {
  const { destination, pacer } = application;
  const settle = (some: readonly Taken[], end: End) =>
    bulkAsSystem("delivery", (client) => settleTaken(client, some, { end, now }));
  try {
    const receipts = await destination.push(
      taken.map(({ record }) => record),
      signal,
    );
    const trouble = await findDeferral(application, receipts);
    await pacer.settle();
    const ofStatus = (status: ItemOutcome["status"]): Taken[] => {
      const ids = new Set(
        receipts.flatMap((one) => (one.outcome.status === status ? [one.indicatorId] : [])),
      );
      return taken.filter(({ record }) => ids.has(record.indicatorId));
    };
    await settle(ofStatus("deferred"), "due");
    const [accepted, refused] = [ofStatus("accepted"), ofStatus("rejected")];
    await settle(accepted, "taken");
    await settle(refused, "refused");
    if (refused.length > 0)
      logger.warn(
        {
          connectorId,
          refused: receipts.filter(({ outcome }) => outcome.status === "rejected").slice(0, 20),
        },
        "Some records were not taken again",
      );
    sum.sent += accepted.length;
    sum.refused += refused.length;
    return trouble;
  } catch (error) {
    if (!(error instanceof AppError && hasNotArrived(error))) sum.unanswered += taken.length;
    if (!(error instanceof AppError)) throw error;
    if (hasNotArrived(error)) await settle(taken, "due");
    await settleSlot(pacer, toTrouble(error));
    throw error;
  }
};

/** For certain: it was turned away, or never left. Whatever else failed may have arrived, and is looked at by the next comparison. */
const hasNotArrived = (error: AppError): boolean =>
  error.retry === "never" || isStop(error) || isTakenOver(error) || error.context["status"] === 429;

const note = async (
  client: PoolClient,
  { connectorId, teamId }: Context,
  { sent, refused, unanswered }: Sum,
  now: Date,
): Promise<void> => {
  if (sent > 0)
    await client.query("UPDATE connector SET refreshed_at = $2, refreshed = $3 WHERE id = $1", [
      connectorId,
      now,
      sent,
    ]);
  const subject = { type: "connector", id: connectorId };
  const detail = { sent, refused, unanswered };
  await recordAuditSql(client, { teamId, doer: SYSTEM, action: "connector.refresh", subject, detail }, now);
};
