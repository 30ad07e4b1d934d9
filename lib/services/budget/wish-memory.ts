import "server-only";

import { createHash } from "node:crypto";

import type { PoolClient } from "pg";

import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { PROPERTIES } from "@/lib/domain/selection/budget-settings";
import { recordScope } from "@/lib/domain/selection/policy";
import type { KeptWish, WishBook, Wishes } from "@/lib/domain/selection/wishes";
import type { PlanningConnector } from "@/lib/services/planning/planning-connector";
import type { Memory } from "@/lib/services/planning/plan-memory";
import { partOf, partSql } from "@/lib/services/planning/part-numbers";
import { groupsOf, indicatorOf, recordOf, type Scopes } from "@/lib/services/planning/record-numbers";
import { PACKED_POINTS, POINTS_BITS } from "./packed-points";
import type { Standing } from "./rank-candidates";

/** Three numbers of eight bytes: that of the indicator's row, half of its public id, and its feed's with what speaks for it. */
const BYTES = 24;
const POINTS_AT = BYTES - PROPERTIES.length;
const FEED_AT = POINTS_AT - 2;

type Options = {
  memory: Memory;
  /** A feed's number is its place among these. */
  feedIds: readonly string[];
  book: WishBook;
  scopes: Scopes;
  standing: Map<number, Standing>;
};

/** What is known of a connector's wishes without judging anything. */
export type Recalled = {
  /** As it was, but for parts whose wishes are not those that it remembers. */
  memory: Memory;
  /** So many wishes came into the book. */
  count: number;
};

/**
 * Puts the wishes of the parts that a memory knows into the book, from the entries that the newest choice left, with what stands of them.
 * Entries that somebody changed since, as when a plan was left lying, are wishes of a part that is to be read.
 */
export const recallWishes = async (
  client: PoolClient,
  connector: PlanningConnector,
  { memory, feedIds, book, scopes, standing: standingOf }: Options,
): Promise<Recalled> => {
  if (memory.known.size === 0) return { memory, count: 0 };
  const { id, teamId } = connector;
  const { rows } = await client.query<Row>(
    `SELECT part, string_agg(bytes, '' ORDER BY indicator_id) AS wishes,
       json_object_agg(indicator_id, device_groups) FILTER (WHERE device_groups IS NOT NULL) AS groups
     FROM (
       SELECT ${partSql("indicator_id")} AS part, indicator_id, device_groups, int8send(indicator_id) || substr(uuid_send(key), 1, 8)
         || int8send((coalesce(array_position($4::uuid[], feed_id), 0)::bigint << ${String(POINTS_BITS)}) | ${PACKED_POINTS}) AS bytes
       FROM budget_entry WHERE connector_id = $1 AND team_id = $2
     ) entry WHERE part = ANY ($3::int[]) GROUP BY part`,
    [id, teamId, [...memory.known.keys()], feedIds],
  );
  const byPart = new Map(rows.map((row) => [row.part, row]));
  const changed = [...memory.known].flatMap(([part, { wishes = null }]) => {
    const row = byPart.get(part);
    return (row ? digestOf(row.wishes, listGroups(row)) : null) === wishes ? [] : [part];
  });
  for (const part of changed) byPart.delete(part);
  const stands = await readStanding(client, connector);
  for (const row of byPart.values())
    for (const wish of unpack(row, { teamId, feedIds, scopes })) {
      const place = book.put(wish);
      const standing = stands.get(indicatorOf(wish.record));
      if (standing) standingOf.set(place, standing);
    }
  return { memory: memory.without(changed), count: book.wishes().length };
};

type Row = { part: number; wishes: Buffer; groups: Readonly<Record<string, readonly string[]>> | null };

/** The device groups of wishes that do not go to the connector's own, by their indicators. */
type Groups = readonly (readonly [id: string, scope: string])[];

const listGroups = ({ groups }: Row): Groups =>
  Object.entries(groups ?? {}).map(([id, names]) => [id, recordScope(names)] as const);

const digestOf = (wishes: Uint8Array, groups: Groups): string => {
  const digest = createHash("sha256").update(wishes);
  const inOrder = [...groups].sort(([one], [other]) => Number(one) - Number(other));
  return digest.update(JSON.stringify(inOrder)).digest("base64");
};

function* unpack(
  { wishes, groups }: Row,
  { teamId, feedIds, scopes }: { teamId: string } & Pick<Options, "feedIds" | "scopes">,
): Generator<KeptWish> {
  const view = new DataView(wishes.buffer, wishes.byteOffset, wishes.byteLength);
  for (let at = 0; at < wishes.length; at += BYTES) {
    const id = view.getUint32(at) * TWO_32 + view.getUint32(at + 4);
    const named = groups?.[id];
    yield {
      record: recordOf(id, named && scopes.numberOf(recordScope(named))),
      keyHigh: view.getUint32(at + 8),
      keyLow: view.getUint32(at + 12),
      teamId,
      feedId: feedIds[view.getUint16(at + FEED_AT) - 1] ?? "",
      points: wishes.subarray(at + POINTS_AT, at + BYTES),
    };
  }
}

const TWO_32 = 2 ** 32;

/** What of the connector's stands, or may, by the numbers of indicators. */
const readStanding = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
): Promise<ReadonlyMap<number, Standing>> => {
  const { rows } = await client.query<{ id: string; claimHash: string | null; isUnanswered: boolean }>(
    `SELECT indicator_id AS id, max(encode(content_hash, 'hex')) AS "claimHash", bool_or(unanswered) AS "isUnanswered" FROM (
       SELECT indicator_id, content_hash, false AS unanswered FROM claim WHERE connector_id = $1 AND team_id = $2
       UNION ALL SELECT indicator_id, NULL, true FROM ${unansweredItems("$1")} sent
     ) one GROUP BY indicator_id`,
    [id, teamId],
  );
  return new Map(rows.map(({ id: indicator, ...standing }) => [Number(indicator), standing]));
};

/**
 * Digests of the wishes of each part, to be remembered with it: of those from `from` on, which come in the order of their numbers.
 */
export const digestWishes = (
  wishes: Wishes,
  { from, feedIds, scopes }: { from: number } & Pick<Options, "feedIds" | "scopes">,
): ReadonlyMap<number, string> => {
  const numbers = new Map(feedIds.map((id, place) => [id, place + 1]));
  const feeds = wishes.feedIds.map((id) => numbers.get(id) ?? 0);
  const digests = new Map<number, string>();
  for (let start = from; start < wishes.length;) {
    const part = partOf(indicatorOf(wishes.records[start] ?? 0));
    let end = start + 1;
    while (end < wishes.length && partOf(indicatorOf(wishes.records[end] ?? 0)) === part) end += 1;
    digests.set(part, digestOf(pack(wishes, feeds, start, end), groupsIn(wishes, scopes, start, end)));
    start = end;
  }
  return digests;
};

const pack = (wishes: Wishes, feeds: readonly number[], start: number, end: number): Uint8Array => {
  const bytes = new Uint8Array((end - start) * BYTES);
  const view = new DataView(bytes.buffer);
  for (let wish = start, at = 0; wish < end; wish += 1, at += BYTES) {
    const id = indicatorOf(wishes.records[wish] ?? 0);
    view.setUint32(at, Math.floor(id / TWO_32));
    view.setUint32(at + 4, id % TWO_32);
    view.setUint32(at + 8, wishes.keysHigh[wish] ?? 0);
    view.setUint32(at + 12, wishes.keysLow[wish] ?? 0);
    view.setUint16(at + FEED_AT, feeds[wishes.feeds[wish] ?? 0] ?? 0);
    for (let place = 0; place < PROPERTIES.length; place += 1)
      bytes[at + POINTS_AT + place] = wishes.points[wish * PROPERTIES.length + place] ?? 0;
  }
  return bytes;
};

const groupsIn = (wishes: Wishes, scopes: Scopes, start: number, end: number): Groups => {
  const groups: [string, string][] = [];
  for (let wish = start; wish < end; wish += 1) {
    const record = wishes.records[wish] ?? 0;
    const named = groupsOf(record, scopes);
    if (named !== null) groups.push([String(indicatorOf(record)), named]);
  }
  return groups;
};
