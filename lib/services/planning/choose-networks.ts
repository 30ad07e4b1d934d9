import "server-only";

import type { PoolClient } from "pg";

import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";
import { addNetworkAddresses, isSmallNetwork, type NewAddress } from "@/lib/db/queries/network-addresses";
import { addressesIn, networkSize } from "@/lib/domain/indicator/expand";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import type { Blocked } from "@/lib/domain/selection/blocked";
import type { Weights } from "@/lib/domain/selection/budget-settings";

import { MOST_URGENT } from "./announce-urgent";
import { listedIds } from "./candidate-ids";
import { createDecider } from "./judge-candidates";
import { networksUpTo, type PlanningConnector } from "./planning-connector";
import { weigh } from "@/lib/domain/selection/score";
import { valueOf } from "@/lib/services/budget/rank-candidates";
import { openCandidates } from "./read-candidates";

/** What a plan takes apart. */
export type ChosenNetworks = {
  count: number;
  /** The rows' numbers of all their addresses, in their order. */
  addressIds: readonly string[];
  /** Those for which there is no room, by their rows' numbers. */
  unfitting: ReadonlyMap<string, Blocked>;
};

type Options = { connector: PlanningConnector; weights: Weights; now: Date };

/**
 * The networks that a connector wants and sends as their addresses, what is worth most first, until those would fill the whole
 * destination; their addresses become values of their own. Null where the connector takes none apart.
 */
export const chooseNetworks = async (
  client: PoolClient,
  { connector, weights, now }: Options,
): Promise<ChosenNetworks | null> => {
  if (networksUpTo(connector) === 0) return null;
  const wanted = await readWanted(client, { connector, weights, now });
  const chosen: Network[] = [];
  const unfitting = new Map<string, Blocked>();
  let room: number = DEFENDER_LIMITS.capacity;
  for (const network of wanted.toSorted(byWorth)) {
    const size = networkSize(network.value);
    if (size > room) unfitting.set(network.id, noRoom(size));
    else {
      chosen.push(network);
      room -= size;
    }
  }
  await register(client, connector.teamId, chosen);
  return { count: chosen.length, addressIds: await readAddressIds(client, chosen), unfitting };
};

/**
 * Values that a person saved, with the addresses of the networks among them where the connector takes those apart. So many that
 * they are a list are left to the ordinary plan.
 */
export const withAddresses = async (
  client: PoolClient,
  connector: PlanningConnector,
  ids: readonly string[],
): Promise<readonly string[]> => {
  if (networksUpTo(connector) === 0) return ids;
  const networks = await readSmall(client, connector, ids);
  const size = networks.reduce((sum, { value }) => sum + networkSize(value), 0);
  if (networks.length === 0 || size > MOST_URGENT) return ids;
  await register(client, connector.teamId, networks);
  const all = new Set([...ids, ...(await readAddressIds(client, networks))]);
  return [...all].sort((one, other) => Number(BigInt(one) - BigInt(other)));
};

type Network = { id: string; key: string; value: string; score: number };

const byWorth = (one: Network, other: Network): number =>
  other.score - one.score || (one.key < other.key ? -1 : 1);

const noRoom = (size: number): Blocked => ({
  code: "over-budget",
  reason: `Not sent: its ${String(size)} addresses have no room beside those of networks that are worth more.`,
});

const readWanted = async (client: PoolClient, { connector, weights, now }: Options): Promise<Network[]> => {
  const reader = await openCandidates(client, connector);
  const decide = createDecider({ connector, now }, reader);
  const small = await readSmall(client, connector, null);
  const wanted: Network[] = [];
  for await (const page of reader.pages(listedIds(small.map(({ id }) => id))))
    for (const one of page) {
      const decision = decide(one);
      if (!decision.isWanted) continue;
      const { id, key, candidate } = one;
      wanted.push({
        id,
        key,
        value: candidate.value,
        score: weigh(valueOf(one, decision, now).points, weights),
      });
    }
  return wanted;
};

/** The team's live networks that are small enough, in the order of their numbers; of those given, where some are. */
const readSmall = async (
  client: PoolClient,
  connector: PlanningConnector,
  ids: readonly string[] | null,
): Promise<{ id: string; value: string }[]> => {
  const { rows } = await client.query<{ id: string; value: string }>(
    `SELECT i.id, i.value FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
     WHERE t.team_id = $1 AND t.type IN (3, 4) AND ${isSmallNetwork("$2::int")}
       AND CASE WHEN $3::bigint[] IS NULL THEN t.active ELSE t.indicator_id = ANY ($3) END ORDER BY i.id`,
    [connector.teamId, networksUpTo(connector), ids],
  );
  return rows;
};

type Registered = Pick<Network, "id" | "value">;

/** Notes the addresses of those of which some are missing. */
const register = async (
  client: PoolClient,
  teamId: string,
  networks: readonly Registered[],
): Promise<void> => {
  const { rows } = await client.query<{ id: string; known: number }>(
    `SELECT network_id AS id, count(*)::int AS known FROM network_address
     WHERE network_id = ANY ($1::bigint[]) GROUP BY network_id`,
    [networks.map(({ id }) => id)],
  );
  const known = new Map(rows.map((row) => [row.id, row.known]));
  const missing = networks.filter(({ id, value }) => (known.get(id) ?? 0) < networkSize(value));
  if (missing.length > 0) await addNetworkAddresses(teamId, missing.flatMap(toAddresses));
};

const toAddresses = ({ id: networkId, value: network }: Registered): NewAddress[] =>
  addressesIn(network).map(({ type, value }) => ({
    networkId,
    key: indicatorId(type, value),
    type: indicatorTypeCode(type),
    value,
  }));

const readAddressIds = async (
  client: PoolClient,
  networks: readonly Registered[],
): Promise<readonly string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT indicator_id AS id FROM network_address WHERE network_id = ANY ($1::bigint[]) ORDER BY 1`,
    [networks.map(({ id }) => id)],
  );
  return rows.map(({ id }) => id);
};
