import "server-only";

import type { PoolClient } from "pg";

import { maySeeAll, roomFor } from "@/lib/domain/delivery/capacity";
import type { Wanted } from "@/lib/domain/selection/budget";
import { standingBonus, type BudgetSettings } from "@/lib/domain/selection/budget-settings";
import { recordScope } from "@/lib/domain/selection/policy";

import { readSettings } from "./budget-settings";
import { parseCapacity } from "./note-capacity";
import type { PlanningConnector } from "./planning-connector";

/** Another connector's wish, and whether it had a place so far. */
export type Entry = Wanted & {
  connectorId: string;
  indicatorId: string;
  isChosen: boolean;
  /** Null: those of the connector. */
  deviceGroups: readonly string[] | null;
};

/** All that competes for a destination's places besides the connector that is planned, and how many there are. */
export type Pool = {
  room: number;
  bonus: number;
  settings: BudgetSettings;
  others: readonly Entry[];
  /** Records of ours that stand, and those of them that no connector can take away now. */
  standing: ReadonlySet<string>;
  held: ReadonlySet<string>;
  /** An application of the team's can see all that stands there. */
  isVisible: boolean;
};

/** How a record is told from others at one destination. */
export const recordName = (indicatorId: string, scope: string): string =>
  scope === "" ? indicatorId : `${indicatorId} ${scope}`;

/**
 * Keeps others from choosing among the wishes for a destination until the transaction ends: two plans at once would each take
 * the last place. Their candidates are judged beside each other; only what follows waits.
 */
export const lockBudget = async (client: PoolClient, destinationId: string): Promise<void> => {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('budget ' || $1, 0))", [destinationId]);
};

/** Reads the pool under the lock. Run it as a step of the system's. */
export const readPool = async (
  client: PoolClient,
  { id, teamId, destinationId }: PlanningConnector,
  now: Date,
): Promise<Pool> => {
  await lockBudget(client, destinationId);
  const { rows } = await client.query<{ capacity: unknown; budget: unknown }>(
    "SELECT capacity, budget FROM destination WHERE id = $1",
    [destinationId],
  );
  const known = parseCapacity(rows[0]?.capacity);
  const settings = readSettings(rows[0]?.budget);
  const connectors = await readCompeting(client, destinationId, id);
  const { standing, held } = await readStanding(client, destinationId, connectors, id);
  const clientIds = connectors.flatMap((one) => (one.teamId === teamId ? [one.clientId] : []));
  return {
    room: roomFor(known, { ours: standing.size, headroom: settings.headroom, now }),
    bonus: standingBonus(settings),
    settings,
    others: await readEntries(
      client,
      connectors.filter((one) => one.id !== id && one.mayChoose),
    ),
    standing,
    held,
    isVisible: maySeeAll(known, clientIds),
  };
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
  planningId: string,
): Promise<Competing[]> => {
  const { rows } = await client.query<Competing>(
    `SELECT c.id, c.team_id AS "teamId", c.client_id AS "clientId", c.device_groups AS "deviceGroups",
       c.id = $2 OR (c.enabled AND EXISTS (
         SELECT FROM plan p WHERE p.connector_id = c.id AND p.budget IS NOT NULL)) AS "mayChoose"
     FROM connector c WHERE c.destination_id = $1 AND c.deleted_at IS NULL ORDER BY c.id`,
    [destinationId, planningId],
  );
  return rows;
};

const readStanding = async (
  client: PoolClient,
  destinationId: string,
  connectors: readonly Competing[],
  planningId: string,
): Promise<Pick<Pool, "standing" | "held">> => {
  const { rows } = await client.query<{ indicatorId: string; scope: string; isHeld: boolean }>(
    `SELECT r.indicator_id AS "indicatorId", r.scope, r.state = 'orphaned' OR EXISTS (
       SELECT FROM claim c WHERE c.record_id = r.id AND (c.connector_id <> ALL ($2::uuid[])
         -- Its connector does not want it any more, or has yet to say how much: until it goes, its place is taken.
         OR c.connector_id <> $3 AND NOT EXISTS (
           SELECT FROM budget_entry b WHERE b.connector_id = c.connector_id AND b.indicator_id = r.indicator_id))) AS "isHeld"
     FROM remote_record r WHERE r.destination_id = $1 AND r.state IN ('live', 'orphaned')`,
    [destinationId, connectors.flatMap(({ id, mayChoose }) => (mayChoose ? [id] : [])), planningId],
  );
  const nameOf = ({ indicatorId, scope }: (typeof rows)[number]): string => recordName(indicatorId, scope);
  return {
    standing: new Set(rows.map(nameOf)),
    held: new Set(rows.filter(({ isHeld }) => isHeld).map(nameOf)),
  };
};

type EntryRow = Omit<Entry, "record">;

const readEntries = async (client: PoolClient, connectors: readonly Competing[]): Promise<Entry[]> => {
  if (connectors.length === 0) return [];
  const scopes = new Map(connectors.map(({ id, deviceGroups }) => [id, recordScope(deviceGroups)]));
  const { rows } = await client.query<EntryRow>(
    `SELECT connector_id AS "connectorId", indicator_id AS "indicatorId", team_id AS "teamId", feed_id AS "feedId", key, score,
       chosen AS "isChosen", device_groups AS "deviceGroups"
     FROM budget_entry WHERE connector_id = ANY ($1::uuid[])`,
    [[...scopes.keys()]],
  );
  return rows.map((row) => ({
    ...row,
    record: recordName(
      row.indicatorId,
      row.deviceGroups === null ? (scopes.get(row.connectorId) ?? "") : recordScope(row.deviceGroups),
    ),
  }));
};
