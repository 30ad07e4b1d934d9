import "server-only";

import { setImmediate as nextTurn } from "node:timers/promises";

import type { PoolClient } from "pg";

import { HOST_KEY, NETWORK_KEY } from "@/lib/db/queries/indicator-keys";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { networksAround } from "@/lib/domain/indicator/search-query";
import { INDICATOR_TYPES, indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import type { AllowlistMatch } from "@/lib/domain/screening/allowlist";

import { readTeamValues, type TeamValue } from "./read-team-values";

export type Question = {
  match: AllowlistMatch;
  /** As `checkEntry` gives them. */
  entries: readonly string[];
  /** Whoever waits for the answer gives up when it aborts; without one there is time. */
  signal?: AbortSignal;
};

const PAGE = 5_000;
/** So many entries are worked out before others have a turn: an IPv6 address lies in 128 networks. */
const TURN = 50;

/**
 * Of a team's values all that entries can meet, and some that they do not: whoever asks holds each against the entries. What has
 * an index is looked up by it, so that the size of the team's set does not matter: whole values, names and networks. Parts and
 * patterns are held against everything. Throws the signal's reason when there is no more time to work out what to look up.
 */
export const findTeamValues = (
  client: PoolClient,
  teamId: string,
  { match, entries, signal }: Question,
): AsyncGenerator<readonly TeamValue[], void, undefined> => {
  switch (match) {
    case "string":
      return readFound(client, teamId, byKeys(sameKeys(entries)));
    case "hostname":
      return readFound(client, teamId, byHosts(entries));
    case "cidr":
      return readFound(client, teamId, byNetworks(entries, signal));
    case "substring":
    case "regex":
      return readTeamValues(client, teamId, PAGE);
  }
};

/** Queries that give numbers of indicators, each with what it asks for as its only parameter. */
type Lookup = { sql: string; asked: readonly string[] };

async function* readFound(
  client: PoolClient,
  teamId: string,
  lookups: readonly Lookup[] | Promise<readonly Lookup[]>,
): AsyncGenerator<readonly TeamValue[], void, undefined> {
  const asked = (await lookups).filter((lookup) => lookup.asked.length > 0);
  if (asked.length === 0) return;
  const union = asked.map(({ sql }, place) => sql.replaceAll("$$", `$${String(place + 2)}`)).join(" UNION ");
  // A cursor: what is found of a wide network may be much. OFFSET has each looked up by itself: how many there are the planner
  // guesses far too high, and would read all of the team for ten.
  await client.query(
    `DECLARE found_values NO SCROLL CURSOR FOR
     WITH found AS MATERIALIZED (${union})
     SELECT i.id, i.type, i.value, t.screened_by AS "screenedBy",
       t.active AND (t.valid_until IS NULL OR t.valid_until > now()) AS "isActive"
     FROM found
     CROSS JOIN LATERAL (
       SELECT screened_by, active, valid_until FROM team_indicator t
       WHERE t.team_id = $1 AND t.indicator_id = found.id OFFSET 0) t
     CROSS JOIN LATERAL (SELECT id, type, value FROM indicator i WHERE i.id = found.id OFFSET 0) i
     ORDER BY i.id`,
    [teamId, ...asked.map((lookup) => lookup.asked)],
  );
  try {
    for (;;) {
      const { rows } = await client.query<Omit<TeamValue, "type"> & { type: number }>(
        `FETCH ${String(PAGE)} FROM found_values`,
      );
      if (rows.length === 0) return;
      yield rows.map((row) => ({ ...row, type: indicatorTypeFromCode(row.type) }));
    }
  } finally {
    await client.query("CLOSE found_values").catch(() => undefined); // it ends with a broken transaction anyhow
  }
}

const byKeys = (keys: readonly string[]): Lookup[] => [
  { sql: "SELECT i.id FROM indicator i WHERE i.key = ANY ($$::uuid[])", asked: keys },
];

// The same digits may be a file's hash or a certificate's.
const sameKeys = (entries: readonly string[]): string[] =>
  entries.flatMap((entry) => INDICATOR_TYPES.map((type) => indicatorId(type, entry)));

// `/` is the character after the full stop: what lies between begins with the one and ends with nothing else.
const byHosts = (entries: readonly string[]): Lookup[] => [
  ...byHostsAt(entries),
  {
    sql: `SELECT i.id FROM unnest($$::text[]) AS asked (host) JOIN indicator i
      ON i.type BETWEEN 5 AND 7 AND ${HOST_KEY} >= reverse('.' || asked.host) AND ${HOST_KEY} < reverse('/' || asked.host)`,
    asked: entries,
  },
  // A listed name keeps the domains above it in as well.
  ...byKeys(entries.flatMap((entry) => parentsOf(entry).map((parent) => indicatorId("domain", parent)))),
];

const byHostsAt = (hosts: readonly string[]): Lookup[] => [
  {
    sql: `SELECT i.id FROM unnest($$::text[]) AS asked (host) JOIN indicator i
      ON i.type BETWEEN 5 AND 7 AND ${HOST_KEY} = reverse(asked.host)`,
    asked: hosts,
  },
];

const parentsOf = (host: string): string[] => {
  const labels = host.split(".");
  return labels.slice(1, -1).map((_, index) => labels.slice(index + 1).join("."));
};

const byNetworks = async (entries: readonly string[], signal?: AbortSignal): Promise<Lookup[]> => {
  const around = await keysAround(entries, signal);
  const { addresses, networks } = hostsInside(entries);
  return [
    {
      // From where it begins to where it ends: of `<<=` alone the index is used for one network that is known beforehand.
      sql: `SELECT i.id FROM unnest($$::inet[]) AS asked (network) JOIN indicator i
        ON i.type <= 4 AND ${NETWORK_KEY} >= asked.network
          AND ${NETWORK_KEY} <= set_masklen(broadcast(asked.network), CASE family(asked.network) WHEN 4 THEN 32 ELSE 128 END)
          AND ${NETWORK_KEY} <<= asked.network`,
      asked: entries,
    },
    ...byKeys(around),
    ...byHostsAt(addresses),
    {
      // Names never end in a digit: these are the URLs of addresses.
      sql: `SELECT i.id FROM indicator i WHERE i.type = 6 AND i.type BETWEEN 5 AND 7 AND ${HOST_KEY} >= '0' AND ${HOST_KEY} < ':'
        AND EXISTS (SELECT FROM unnest($$::text[]) AS asked (network)
          WHERE CASE WHEN reverse(${HOST_KEY}) ~ '^[0-9.]+$' THEN reverse(${HOST_KEY})::inet <<= asked.network::inet END)`,
      asked: networks,
    },
  ];
};

/** The keys of all networks that hold one of the entries, each once; others have their turn in between. */
export const keysAround = async (entries: readonly string[], signal?: AbortSignal): Promise<string[]> => {
  const around = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (index % TURN === TURN - 1) await nextTurn();
    signal?.throwIfAborted();
    for (const network of networksAround(entry)) around.add(network);
  }
  const keys: string[] = [];
  for (const network of around) {
    if (keys.length % (TURN * 100) === 0) await nextTurn();
    signal?.throwIfAborted();
    keys.push(indicatorId(network.includes(":") ? "ipv6-cidr" : "ipv4-cidr", network));
  }
  return keys;
};

/** The hosts of URLs that may lie in the networks: as the index has them where they can be counted out, else as networks. */
const hostsInside = (entries: readonly string[]): { addresses: string[]; networks: string[] } => {
  const addresses: string[] = [];
  const networks: string[] = [];
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    if (address.includes(":")) addresses.push(...startsOfIpv6(address, Number(prefix ?? 128)));
    else if (prefix === undefined) addresses.push(address);
    else networks.push(entry);
  }
  return { addresses, networks };
};

/** What of `[2001:db8::1]` stands before the first colon, for each address of a network. */
const startsOfIpv6 = (address: string, prefix: number): string[] => {
  // `::1` begins with nothing, which is zero.
  const first = Number.parseInt(`0${address.split(":", 1)[0] ?? ""}`, 16);
  const count = prefix >= 16 ? 1 : 2 ** (16 - prefix);
  return Array.from({ length: count }, (_, index) => first + index).flatMap((group) =>
    group === 0 ? ["[", "[0"] : [`[${group.toString(16)}`],
  );
};
