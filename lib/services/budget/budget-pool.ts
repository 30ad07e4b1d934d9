import "server-only";

import type { PoolClient } from "pg";

import { isRemovalLeftOut } from "@/lib/db/queries/left-out";
import { maySeeAll, roomFor } from "@/lib/domain/delivery/capacity";
import { PROPERTIES, standingBonus, type BudgetSettings } from "@/lib/domain/selection/budget-settings";
import { recordScope } from "@/lib/domain/selection/policy";
import type { Points } from "@/lib/domain/selection/score";
import type { WishBook, Wishes } from "@/lib/domain/selection/wishes";

import { readSettings } from "./budget-settings";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";
import { versionSql } from "@/lib/services/planning/part-digests";
import type { PlanningConnector } from "@/lib/services/planning/planning-connector";
import { recordOf, type Scopes } from "@/lib/services/planning/record-numbers";

/** Others' wishes lie behind the planned connector's, those of one connector together. */
type Span = { connectorId: string; teamId: string; from: number; to: number };

/** All that competes for a destination's places besides the connector that is planned, and how many there are. */
export type Pool = {
  room: number;
  bonus: number;
  settings: BudgetSettings;
  others: readonly Span[];
  /** Which of the others' wishes had a place so far, by their place behind the planned connector's. */
  wasChosen: Uint8Array;
  /** Records of ours that stand, and those of them that no connector can take away now. */
  standing: ReadonlySet<number>;
  held: ReadonlySet<number>;
  /** An application of the team's can see all that stands there. */
  isVisible: boolean;
  /** What it was read from: the same as long as nobody chose anything else there. */
  version: string;
};

/**
 * Keeps others from choosing among the wishes for a destination until the transaction ends: two plans at once would each take
 * the last place. To be taken last and for as short as can be.
 */
export const lockBudget = async (client: PoolClient, destinationId: string): Promise<void> => {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('budget ' || $1, 0))", [destinationId]);
};

/** The same where nobody is choosing there just now; tells whether. */
export const tryLockBudget = async (client: PoolClient, destinationId: string): Promise<boolean> => {
  const { rows } = await client.query<{ isTaken: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('budget ' || $1, 0)) AS "isTaken"`,
    [destinationId],
  );
  return rows[0]?.isTaken === true;
};

/** Nobody (null) where all wishes are others'. */
type Planning = Pick<PlanningConnector, "destinationId"> & { id: string | null; teamId: string | null };
type Reading = {
  book: WishBook;
  scopes: Scopes;
  now: Date;
  /** Settings that are thought of only, instead of those that hold. */
  changed?: BudgetSettings;
};

/**
 * Reads what competes at a destination, others' wishes into the book behind those that it has. Without the lock, `readVersion` tells
 * afterwards whether it is still so. Run it as a step of the system's.
 */
export const readPool = async (
  client: PoolClient,
  { id, teamId, destinationId }: Planning,
  { book, scopes, now, changed }: Reading,
): Promise<Pool> => {
  const version = await readVersion(client, { id, destinationId });
  const { rows } = await client.query<{ capacity: unknown; budget: unknown }>(
    "SELECT capacity, budget FROM destination WHERE id = $1",
    [destinationId],
  );
  const known = parseCapacity(rows[0]?.capacity);
  const settings = changed ?? readSettings(rows[0]?.budget);
  const connectors = await readCompeting(client, destinationId, id);
  const others = connectors.filter((one) => one.id !== id && one.mayChoose);
  const { standing, held } = await readStanding(client, {
    destinationId,
    planningId: id,
    connectors,
    scopes,
    own: book.wishes(),
  });
  const clientIds = connectors.flatMap((one) => (one.teamId === teamId ? [one.clientId] : []));
  return {
    room: roomFor(known, { ours: standing.size, headroom: settings.headroom, now }),
    bonus: standingBonus(settings),
    settings,
    ...(await readWishes(client, others, { book, scopes })),
    standing,
    held,
    isVisible: maySeeAll(known, clientIds),
    version,
  };
};

/** Tells whether anybody chose, or may choose, otherwise at a destination since it was read. Run it as a step of the system's. */
export const readVersion = async (
  client: PoolClient,
  { id, destinationId }: Pick<Planning, "id" | "destinationId">,
): Promise<string> => {
  const { rows } = await client.query<{ version: string }>(
    `SELECT md5(concat_ws(' ', d.capacity, d.budget, (
       SELECT string_agg(concat_ws(' ', c.id, c.enabled, c.deleted_at, c.device_groups, CASE WHEN c.id IS DISTINCT FROM $2::uuid THEN (
         SELECT count(*) || ' ' || bit_xor(${versionSql("b")}) FROM budget_entry b WHERE b.connector_id = c.id) END), ',' ORDER BY c.id)
       FROM connector c WHERE c.destination_id = d.id))) AS version
     FROM destination d WHERE d.id = $1`,
    [destinationId, id],
  );
  return rows[0]?.version ?? "";
};

type Competing = {
  id: string;
  teamId: string;
  clientId: string;
  deviceGroups: string[];
  /** It plans: what stands of it goes when it has no place. One that is paused or has never planned keeps what it has. */
  mayChoose: boolean;
};

const readCompeting = async (
  client: PoolClient,
  destinationId: string,
  planningId: string | null,
): Promise<Competing[]> => {
  const { rows } = await client.query<Competing>(
    `SELECT c.id, c.team_id AS "teamId", c.client_id AS "clientId", c.device_groups AS "deviceGroups",
       c.id IS NOT DISTINCT FROM $2::uuid OR (c.enabled AND EXISTS (
         SELECT FROM plan p WHERE p.connector_id = c.id AND p.budget IS NOT NULL)) AS "mayChoose"
     FROM connector c WHERE c.destination_id = $1 AND c.deleted_at IS NULL ORDER BY c.id`,
    [destinationId, planningId],
  );
  return rows;
};

type Asked = {
  destinationId: string;
  planningId: string | null;
  connectors: readonly Competing[];
  scopes: Scopes;
  /** The planned connector's wishes. */
  own: Wishes;
};
/** `isLeftOut`: the planned connector was to take it away, and a person left that out of the push. */
type StandingRow = { indicatorId: string; scope: string; isHeld: boolean; isLeftOut: boolean };

const readStanding = async (
  client: PoolClient,
  { destinationId, planningId, connectors, scopes, own }: Asked,
): Promise<Pick<Pool, "standing" | "held">> => {
  const { rows } = await client.query<StandingRow>(
    `SELECT r.indicator_id AS "indicatorId", r.scope, r.state = 'orphaned' OR EXISTS (
       SELECT FROM claim c WHERE c.record_id = r.id AND (c.connector_id <> ALL ($2::uuid[])
         -- Its connector does not want it any more, or has yet to say how much: until it goes, its place is taken.
         OR c.connector_id IS DISTINCT FROM $3::uuid AND NOT EXISTS (
           SELECT FROM budget_entry b WHERE b.connector_id = c.connector_id AND b.indicator_id = r.indicator_id))) AS "isHeld",
       EXISTS (
         SELECT FROM claim c JOIN receipt w ON w.connector_id = c.connector_id AND w.indicator_id = r.indicator_id
         WHERE c.record_id = r.id AND c.connector_id = $3::uuid AND ${isRemovalLeftOut("w")}) AS "isLeftOut"
     FROM remote_record r WHERE r.destination_id = $1 AND r.state IN ('live', 'orphaned')`,
    [destinationId, connectors.flatMap(({ id, mayChoose }) => (mayChoose ? [id] : [])), planningId],
  );
  const [standing, held, leftOut] = [new Set<number>(), new Set<number>(), new Set<number>()];
  for (const { indicatorId, scope, isHeld, isLeftOut } of rows) {
    const record = recordOf(indicatorId, scopes.numberOf(scope));
    standing.add(record);
    if (isHeld) held.add(record);
    else if (isLeftOut) leftOut.add(record);
  }
  // What is wished for has a place or goes, as is chosen anew; all else stays until somebody asks for it.
  for (let wish = 0; wish < own.length; wish += 1) leftOut.delete(own.records[wish] ?? 0);
  for (const record of leftOut) held.add(record);
  return { standing, held };
};

type EntryRow = {
  indicatorId: string;
  feedId: string;
  key: string;
  chosen: boolean;
  /** Those that a rule names; null: the connector's. */
  deviceGroups: readonly string[] | null;
} & Points;
/** Few enough to be small in memory beside the columns that they become. */
const PAGE = 20_000;

const readWishes = async (
  client: PoolClient,
  connectors: readonly Competing[],
  { book, scopes }: { book: WishBook; scopes: Scopes },
): Promise<Pick<Pool, "others" | "wasChosen">> => {
  const first = book.wishes().length;
  const chosen: number[] = [];
  const others: Span[] = [];
  for (const { id: connectorId, teamId, deviceGroups } of connectors) {
    const scope = scopes.numberOf(recordScope(deviceGroups));
    const from = book.wishes().length;
    let to = from;
    for (let after = "0"; ;) {
      const { rows } = await client.query<EntryRow>(
        `SELECT indicator_id AS "indicatorId", feed_id AS "feedId", key, chosen, device_groups AS "deviceGroups",
           ${PROPERTIES.join(", ")} FROM budget_entry
         WHERE connector_id = $1 AND indicator_id > $2 ORDER BY indicator_id LIMIT $3`,
        [connectorId, after, PAGE],
      );
      for (const { indicatorId, feedId, key, chosen: isChosen, deviceGroups: byRule, ...points } of rows) {
        const named = byRule === null ? scope : scopes.numberOf(recordScope(byRule));
        to = book.add({ record: recordOf(indicatorId, named), key, teamId, feedId, points }) + 1;
        if (isChosen) chosen.push(to - 1 - first);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      after = last.indicatorId;
    }
    others.push({ connectorId, teamId, from, to });
  }
  const wasChosen = new Uint8Array(book.wishes().length - first);
  for (const place of chosen) wasChosen[place] = 1;
  return { others, wasChosen };
};
