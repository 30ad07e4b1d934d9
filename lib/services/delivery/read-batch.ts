import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { arrayOf } from "@/lib/db/array-of";
import { byWholeKeys } from "@/lib/db/queries/planning";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { hasHolds } from "@/lib/db/queries/withheld";
import { isAction, type Action } from "@/lib/domain/connector/actions";
import type { Holder } from "@/lib/domain/delivery/foreign";
import { saidNow } from "@/lib/domain/delivery/said-now";
import type { SentBefore } from "@/lib/domain/delivery/suspects";
import { storedSelectionSchema, type Selection } from "@/lib/domain/connector/selection-input";
import {
  indicatorTypeFromCode,
  TLP_LABELS,
  tlpCode,
  tlpFromCode,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";
import { recallOf, strictest, type Mark } from "@/lib/domain/screening/mark";
import type { Share } from "@/lib/domain/selection/share";
import { recordScope } from "@/lib/domain/selection/policy";
import { readShare } from "@/lib/domain/selection/stored-share";

import { openScreener, type Screener } from "@/lib/services/allowlists/open-screener";

import { readHolders } from "@/lib/services/reconcile/foreign-records";
import {
  allHeldBecause,
  hear,
  readNetworkWords,
  type Heard,
  type NetworkWord,
} from "@/lib/services/planning/network-word";
import { readPublicFeeds } from "./public-feeds";
import type { OpenPush } from "./push-lease";

export type BatchItem = {
  indicatorId: string;
  /** The public id. */
  key: string;
  type: IndicatorType;
  value: string;
  operation: "add" | "change" | "remove";
  /** The device groups of the record that it is about; null: those of the connector. */
  deviceGroups: readonly string[] | null;
  /** Removed, it is added under other device groups. */
  moves: boolean;
  /** Why it was planned. */
  code: string;
  share: Share | null;
  /** Why it must not be sent after all; null when nothing came up since it was planned. */
  overtaken: Overtaken | null;
  /** An earlier push sent it and stopped before that was answered; for a recall, also one that is sending it. */
  isUnanswered: boolean;
  /** How many removals of it were accepted and did nothing. */
  attempt: number;
  /** The ids of a record that was removed and is still shown there, or was not looked for yet; null for any other. */
  shown: { remoteId: string; stixId: string; isOverdue: boolean } | null;
  /** Who else holds it there; null for nobody, or where the team may not see it. */
  holder: Holder | null;
};

/** `isEnded`: what may be there of it is to be taken back; false for what a later push of the connector decides about. */
type Overtaken = { reason: string; isRecalled: boolean; isEnded: boolean };

export type RecordRow = {
  id: string;
  indicatorId: string;
  state: "absent" | "live" | "orphaned" | "gone";
  ownerConnectorId: string | null;
  remoteId: string | null;
  epoch: number;
  contentHash: Buffer | null;
  action: Action | null;
  firstSentAt: Date;
  visibleAt: Date | null;
  /** Somebody put it under other device groups there. */
  isElsewhere: boolean;
  /** When it was seen there that one of our applications made it. */
  makerSeenAt: Date | null;
  /** Now by the one clock that all workers have, the database's, and in any case after all that was sent of it. */
  nextModifiedAt: Date;
};

/** What is taken back goes first: it makes room, and a wrong block ends sooner. */
export const OPERATIONS = ["remove", "change", "add"] as const;

/**
 * What a worker that died, or a request that failed, left behind: it may have been sent, so it is sent again first. What is given up is
 * left out.
 */
export const readSentBefore = async (client: PoolClient, pushId: string): Promise<SentBefore[]> => {
  const { rows } = await client.query<SentBefore>(
    `SELECT indicator_id AS id, unanswered, blamed AS "isBlamed" FROM push_item
     WHERE push_id = $1 AND state = 'sending' AND reason IS NULL ORDER BY indicator_id`,
    [pushId],
  );
  return rows;
};

/** The next open items of one operation after the given one, in order. */
export const readPendingIds = async (
  client: PoolClient,
  pushId: string,
  { operation, after }: { operation: (typeof OPERATIONS)[number]; after: string },
  limit: number,
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT indicator_id AS id FROM push_item
     WHERE push_id = $1 AND operation = $2 AND state = 'pending' AND indicator_id > $3 ORDER BY indicator_id LIMIT $4`,
    [pushId, operation, after, limit],
  );
  return rows.map(({ id }) => id);
};

/** Which of them are removals that did nothing once, and are carried by requests of their own therefore. */
export const findRetried = async (
  client: PoolClient,
  { id, connectorId }: Pick<OpenPush, "id" | "connectorId">,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT i.indicator_id AS id FROM push_item i
     JOIN receipt w ON w.connector_id = $2 AND w.indicator_id = i.indicator_id AND w.removal_tries = 1
     WHERE i.push_id = $1 AND i.indicator_id = ANY ($3::bigint[]) AND i.operation = 'remove'
       AND (w.still_shown OR w.removed_at IS NOT NULL)`,
    [id, connectorId, ids],
  );
  return new Set(rows.map((row) => row.id));
};

type ItemRow = {
  indicatorId: string;
  key: string;
  type: number;
  value: string;
  operation: BatchItem["operation"];
  deviceGroups: string[] | null;
  moves: boolean;
  code: string;
  action: string | null;
  severity: string | null;
  expiresAt: Date | null;
  content: unknown;
  withdrawnBecause: string | null;
  active: boolean;
  tlp: number | null;
  isUnanswered: boolean;
  heldBecause: string | null;
  isOvertaken: boolean;
  attempt: number;
  shown: BatchItem["shown"];
};

/** The items with what was planned for them and what happened to them since. */
export const readItems = async (
  client: PoolClient,
  push: OpenPush,
  ids: readonly string[],
  { deviceGroups, now }: { deviceGroups: readonly string[]; now: Date },
): Promise<{ items: BatchItem[]; screenedBy: number; maxTlp: number }> => {
  const { id, planId, teamId, connectorId, isUrgent } = push;
  const { maxTlp, feeds, expandNetworksUpTo } = await readSelection(client, connectorId);
  const isHolding = await hasHolds(client, teamId);
  const { rows } = await client.query<ItemRow>(
    `SELECT p.indicator_id AS "indicatorId", i.key, i.type, i.value, mine.operation, mine.device_groups AS "deviceGroups", mine.moves, p.code, p.action, p.severity,
       p.expires_at AS "expiresAt", p.content, x.reason AS "withdrawnBecause",
       coalesce(t.active, false) AS active, t.tlp, mine.overtaken AS "isOvertaken",
       CASE WHEN w.still_shown OR w.removed_at IS NOT NULL THEN w.removal_tries ELSE 0 END AS attempt,
       CASE WHEN (w.still_shown OR w.removed_at IS NOT NULL) AND w.remote_id IS NOT NULL THEN
         jsonb_build_object('remoteId', w.remote_id, 'stixId', w.stix_id, 'isOverdue', w.still_shown) END AS shown, EXISTS (
         SELECT FROM ${unansweredItems("$5", { isUrgent })} u WHERE u.indicator_id = p.indicator_id AND u.push_id <> $4) AS "isUnanswered",
       ${isHolding ? allHeldBecause("p.indicator_id", { teamId: "$2", feeds: "$6" }) : "NULL"} AS "heldBecause"
     FROM plan_item p JOIN indicator i ON i.id = p.indicator_id
     JOIN push_item mine ON mine.push_id = $4 AND mine.indicator_id = p.indicator_id
     -- Each looked up by its whole key: a team or connector that no statistics have seen is taken for one row, and read whole for each item.
     LEFT JOIN LATERAL (SELECT * FROM receipt w WHERE w.connector_id = $5 AND w.indicator_id = p.indicator_id OFFSET 0) w ON true
     LEFT JOIN LATERAL (SELECT * FROM team_indicator t WHERE t.team_id = $2 AND t.indicator_id = p.indicator_id OFFSET 0) t ON true
     LEFT JOIN LATERAL (
       SELECT * FROM tombstone x WHERE x.team_id = $2 AND x.indicator_id = p.indicator_id AND x.lifted_at IS NULL OFFSET 0) x ON true
     WHERE p.plan_id = $1 AND p.indicator_id = ANY ($3::bigint[]) ORDER BY p.indicator_id`,
    [planId, teamId, ids, id, connectorId, ...(isHolding ? [feeds] : [])],
  );
  const screener = await openScreener(client, teamId);
  const keys = rows.map(({ key }) => key);
  const scopeOf = (row: ItemRow): string => recordScope(row.deviceGroups ?? deviceGroups);
  const holders = await readHolders(client, push, [...new Set(rows.map(scopeOf))], keys);
  const asked = { teamId, ids: expandNetworksUpTo === 0 ? [] : ids, isHolding, feeds };
  const words = await readNetworkWords(client, asked);
  const isPublic = await readPublicFeeds(client, [teamId]);
  const items = rows.map((row) => ({
    indicatorId: row.indicatorId,
    key: row.key,
    type: indicatorTypeFromCode(row.type),
    value: row.value,
    operation: row.operation,
    deviceGroups: row.deviceGroups,
    moves: row.moves,
    code: row.code,
    share: row.operation === "remove" ? null : saidNow(readShare(row), (name) => isPublic(teamId, name)),
    overtaken: findOvertaken(row, { maxTlp, screener, now, words: words.get(row.indicatorId) ?? [] }),
    isUnanswered: row.isUnanswered,
    attempt: row.attempt,
    shown: row.shown,
    holder: holders.get(row.key)?.get(scopeOf(row)) ?? null,
  }));
  return { items, screenedBy: screener.version, maxTlp: tlpCode(maxTlp) };
};

/** What the connector takes as it is set now: nothing above its ceiling leaves, whatever was planned. */
const readSelection = async (client: PoolClient, connectorId: string): Promise<Selection> => {
  const { rows } = await client.query<{ selection: unknown }>(
    "SELECT selection FROM connector WHERE id = $1",
    [connectorId],
  );
  return storedSelectionSchema.parse(rows[0]?.selection);
};

type Now = { maxTlp: Tlp; screener: Screener; now: Date; words: readonly NetworkWord[] };

const findOvertaken = (row: ItemRow, now: Now): Overtaken | null => {
  if (row.operation === "remove")
    return row.isOvertaken ? { reason: NEWER, isRecalled: false, isEnded: false } : null;
  const { screener, words } = now;
  const share = words.length === 0 ? null : readShare(row);
  const heard = hear(row, { share, words, screener });
  const own = screener.screen(indicatorTypeFromCode(row.type), row.value);
  const [mark = null] = strictest([...(own ? [own] : []), ...heard.marks]);
  if (mark !== null && recallOf(mark.list) !== null)
    return { reason: `It was recalled before it was sent. ${mark.reason}`, isRecalled: true, isEnded: true };
  if (heard.gone?.isRecalled === true) return { ...heard.gone, isEnded: true };
  const other = findOtherReason({ ...row, ...heard }, mark, now);
  const reason = row.isOvertaken ? NEWER : other;
  return reason === null ? null : { reason, isRecalled: false, isEnded: other !== null };
};

const NEWER = "A later change of it takes its place.";

const findOtherReason = (
  { withdrawnBecause, active, action, expiresAt, tlp, heldBecause: held, gone }: ItemRow & Heard,
  mark: Mark | null,
  { maxTlp, now }: Now,
): string | null => {
  if (withdrawnBecause !== null) return `A person withdrew it before it was sent: ${withdrawnBecause}`;
  if (gone !== null) return gone.reason;
  if (!active) return "No feed of the team names it any longer; it was not sent.";
  if (mark?.effect === "stop")
    return `The allowlist “${mark.name}” kept it in before it was sent. ${mark.reason}`;
  if (held !== null) return `A person held it back before it was sent: ${held}`;
  if (mark?.effect === "audit-only" && action !== null && action !== "Audit")
    return `The allowlist “${mark.name}” allows Audit at most since it was planned. ${mark.reason}`;
  if (tlp !== null && tlp > tlpCode(maxTlp))
    return `${TLP_LABELS[tlpFromCode(tlp)]} is stricter than this connector's ceiling, ${TLP_LABELS[maxTlp]}; it was not sent.`;
  return expiresAt !== null && expiresAt <= now ? "It expired before it was sent." : null;
};

/** The records of the items at the destination, as far as they were ever sent there. */
export const readRecords = async (
  client: PoolClient,
  { destinationId }: Pick<OpenPush, "destinationId">,
  { scope, ids }: { scope: string; ids: readonly string[] },
): Promise<ReadonlyMap<string, RecordRow>> => {
  const { rows } = await byWholeKeys(client, () =>
    client.query<RecordRow & { action: string | null }>(
      `SELECT id, indicator_id AS "indicatorId", state, owner_connector_id AS "ownerConnectorId", remote_id AS "remoteId",
       epoch, content_hash AS "contentHash", action, first_sent_at AS "firstSentAt", visible_at AS "visibleAt",
       content_hash IS NULL AND coalesce(altered->>'groups' <> scope, false) AS "isElsewhere",
       maker_seen_at AS "makerSeenAt", greatest(clock_timestamp()::timestamptz(3), first_sent_at,
         coalesce(modified_at, greatest(accepted_at, refreshed_at, gone_at)) + interval '1 ms') AS "nextModifiedAt"
     FROM remote_record WHERE destination_id = $1 AND scope = $2 AND indicator_id = ANY ($3::bigint[])`,
      [destinationId, scope, ids],
    ),
  );
  return new Map(
    rows.map((row) => [
      row.indicatorId,
      { ...row, action: row.action !== null && isAction(row.action) ? row.action : null },
    ]),
  );
};

/** The record of an indicator that was never sent there, to be written by `writeRecords`. */
export const newRecord = (indicatorId: string, now: Date): RecordRow => ({
  id: randomUUID(),
  indicatorId,
  state: "absent",
  ownerConnectorId: null,
  remoteId: null,
  epoch: 0,
  contentHash: null,
  action: null,
  firstSentAt: now,
  visibleAt: null,
  isElsewhere: false,
  makerSeenAt: null,
  nextModifiedAt: now,
});

/** Writes records that are about to be sent for the first time. Whoever has the destination makes them alone. */
export const writeRecords = async (
  client: PoolClient,
  { destinationId }: Pick<OpenPush, "destinationId">,
  { scope, records }: { scope: string; records: readonly RecordRow[] },
): Promise<void> => {
  const [first] = records;
  if (!first) return;
  await client.query(
    `INSERT INTO remote_record (id, destination_id, indicator_id, scope, first_sent_at)
     SELECT one.id, $1, one.indicator_id, $2, $3 FROM unnest($4::uuid[], $5::bigint[]) AS one (id, indicator_id)`,
    [
      ...[destinationId, scope, first.firstSentAt],
      ...[arrayOf(records.map(({ id }) => id)), arrayOf(records.map(({ indicatorId }) => indicatorId))],
    ],
  );
};
