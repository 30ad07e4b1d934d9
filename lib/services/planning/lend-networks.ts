import "server-only";

import type { PoolClient } from "pg";

import { isSmallNetwork } from "@/lib/db/queries/network-addresses";
import { isNetwork, networkSize } from "@/lib/domain/indicator/expand";
import type { Blocked } from "@/lib/domain/selection/blocked";
import type { Decision } from "@/lib/domain/selection/decide";
import { withLenders, type Lender } from "@/lib/domain/selection/lend";

import { networksUpTo, type PlanningConnector } from "./planning-connector";
import type { CandidateReader } from "./read-candidates";
import type { ReadCandidate } from "./read-page";

type Decide = (one: ReadCandidate) => Decision;
type Options = {
  client: PoolClient;
  connector: PlanningConnector;
  reader: CandidateReader;
  decide: Decide;
  /** Networks for whose addresses there is no room, by their numbers, with the reason. */
  unfitting?: ReadonlyMap<string, Blocked> | undefined;
};
type Decided = { page: readonly ReadCandidate[]; decisions: readonly Decision[] };

/**
 * Decides on pages of candidates for a connector that sends small networks as their addresses: an address has what its networks
 * say as well as its own, and the network itself stays out.
 */
export const openNetworks = ({ client, connector, reader, decide, unfitting }: Options) => {
  const known = new Map<string, Known>();
  const learn = async (ids: readonly string[]): Promise<void> => {
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length === 0) return;
    for (const one of await reader.byIds(unknown)) known.set(one.id, { one, decision: decide(one) });
  };
  return async (page: readonly ReadCandidate[]): Promise<Decided> => {
    const networkIds = await readNetworksOf(client, connector, page);
    await learn([...new Set([...networkIds.values()].flat())]);
    const around = page.map(({ id }) => (networkIds.get(id) ?? []).flatMap((one) => known.get(one) ?? []));
    const lent = page.map((one, place) => withNetworks(one, around[place] ?? []));
    const decisions = lent.map((one, place) => {
      const decision = decide(one);
      if (decision.isWanted)
        return isNetwork(one.candidate.type) ? asAddresses(one, unfitting?.get(one.id)) : decision;
      return becauseOfNetwork(decision, around[place] ?? []);
    });
    return { page: lent, decisions };
  };
};

type Known = { one: ReadCandidate; decision: Decision };

const withNetworks = (one: ReadCandidate, around: readonly Known[]): ReadCandidate => {
  const wanted = around.filter(({ decision }) => decision.isWanted);
  const [first] = wanted;
  if (!first) return one;
  const { candidate } = one;
  const sightings = [
    ...(candidate.isActive ? [one.lastSeen] : []),
    ...wanted.map((network) => network.one.lastSeen),
  ];
  return {
    ...one,
    candidate: withLenders(candidate, wanted.flatMap(toLender)),
    lastSeen: sightings.reduce((latest, at) => (latest === null || (at && at > latest) ? at : latest), null),
    // One address of a network is as good as another: they stand or fall with it.
    rankKey: candidate.isActive ? one.key : first.one.key,
  };
};

const toLender = ({ one: { candidate }, decision }: Known): Lender[] =>
  decision.isWanted && isNetwork(candidate.type)
    ? [{ type: candidate.type, value: candidate.value, candidate, chosen: decision.chosen }]
    : [];

const asAddresses = ({ candidate: { value } }: ReadCandidate, unfitting: Blocked | undefined): Decision => ({
  isWanted: false,
  ...(unfitting ?? {
    code: "sent-as-addresses",
    reason: `As a network it stays out: it goes there as its ${String(networkSize(value))} addresses.`,
  }),
});

/** What no source names any more was an address of a network that stays out: why is that network's reason. */
const becauseOfNetwork = (decision: Decision, [network]: readonly Known[]): Decision => {
  if (decision.isWanted || decision.code !== "no-longer-listed" || network?.decision.isWanted !== false)
    return decision;
  const { code, reason } = network.decision;
  return {
    isWanted: false,
    code,
    reason: `${network.one.candidate.value}, of which it is a part: ${reason}`,
  };
};

/** The team's networks, live or not, of which the candidates are addresses. */
const readNetworksOf = async (
  client: PoolClient,
  connector: PlanningConnector,
  page: readonly ReadCandidate[],
): Promise<ReadonlyMap<string, string[]>> => {
  const ids = page.flatMap(({ id, candidate: { type } }) => (type === "ipv4" || type === "ipv6" ? [id] : []));
  const found = new Map<string, string[]>();
  if (ids.length === 0) return found;
  const { rows } = await client.query<{ id: string; networkId: string }>(
    `SELECT part.indicator_id AS id, part.network_id AS "networkId" FROM network_address part
     JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = part.network_id
     JOIN indicator i ON i.id = part.network_id
     WHERE part.indicator_id = ANY ($1::bigint[]) AND ${isSmallNetwork("$3::int")} ORDER BY 1, i.key`,
    [ids, connector.teamId, networksUpTo(connector)],
  );
  for (const { id, networkId } of rows) {
    const networks = found.get(id);
    if (networks) networks.push(networkId);
    else found.set(id, [networkId]);
  }
  return found;
};
