import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { relativesOf } from "@/lib/domain/indicator/relatives";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { hasFewer, matching, MOST_FOUND, SMALL, type Wanted } from "./list-indicators-matching";
import { queryOf } from "./list-indicators-rows";
import { selectEach, toSearch } from "./list-indicators-search";

/** Others of the team that share something with a value; `filter` is how the list of indicators shows them. */
export type Correlation = {
  kind: "host" | "domain" | "network" | "file" | "event";
  /** What is shared: a host, a domain, a network, or what an event is about; of a file, its stronger hash. */
  name: string;
  filter: { q: string } | { event: string };
  /** How many others; `isMore`: at least so many. */
  count: number;
  isMore: boolean;
};

/** Counting further costs more than it tells. */
const MOST = 100;
const EVENTS = 3;
const STRONGER = 4;

/** So many values of all teams are looked at, and so many rows of a team are asked one by one when that is not enough. */
type Bounds = { mostFound: number; smallTeam: number };
const BOUNDS: Bounds = { mostFound: MOST_FOUND, smallTeam: SMALL };

/**
 * What a team has that shares host, registered domain, network, file or an event at a source with a value, counted no further than
 * 100. Only what the team itself has counts; where others have so much more that not all is looked at, it is at least so many.
 */
export const correlate = (
  actor: Actor,
  { teamId, type, value }: { teamId: string; type: IndicatorType; value: string },
  bounds = BOUNDS,
): Promise<Correlation[]> =>
  asActor(actor, async (tx) => {
    // Values are looked up one by one in the team's view, and no more of them than are counted.
    await tx.$executeRaw`SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;
    const key = indicatorId(type, value);
    const found: Correlation[] = [];
    for (const { kind, q, name } of relativesOf({ type, value }))
      found.push({ kind, name, filter: { q }, ...(await countFound(tx, { teamId, key, q }, bounds)) });
    for (const { value: stronger } of await listStronger(tx, { teamId, key }))
      found.push({ kind: "file", name: stronger, filter: { q: stronger }, count: 1, isMore: false });
    for (const { event, info } of await listEvents(tx, { teamId, key }))
      found.push({
        kind: "event",
        name: info ?? event,
        filter: { event },
        ...(await countOfEvent(tx, { teamId, key, event })),
      });
    return found.filter(({ count, isMore }) => count > 0 || isMore);
  });

type Of = { teamId: string; key: string };
type Counted = Pick<Correlation, "count" | "isMore">;

const countFound = async (
  tx: Tx,
  { teamId, key, q }: Of & { q: string },
  { mostFound, smallTeam }: Bounds,
): Promise<Counted> => {
  const filter = indicatorFilterSchema.parse({ q });
  const search = toSearch(filter);
  if (search === null) return { count: 0, isMore: false };
  const rows = await tx.$queryRaw<unknown[]>`
    WITH found AS MATERIALIZED (SELECT id FROM (${selectEach(search)}) every LIMIT ${mostFound})
    SELECT count, CASE WHEN count <= ${MOST} THEN (SELECT count(*) >= ${mostFound} FROM found) ELSE false END AS "isCut" FROM (
      SELECT count(DISTINCT id)::int AS count FROM (
        SELECT found.id FROM found JOIN team_indicator t ON t.indicator_id = found.id AND t.team_id = ${teamId}::uuid
        WHERE found.id <> (${idOf(key)}) LIMIT ${2 * MOST + 2}
      ) others
    ) counted`;
  if (!cutSchema.parse(rows[0]).isCut) return toCounted(rows);
  const wanted: Wanted = { teamIds: [teamId], filter, search };
  if (!(await hasFewer(queryOf(tx), wanted, smallTeam))) return { ...toCounted(rows), isMore: true };
  return toCounted(
    await tx.$queryRaw<unknown[]>`
      SELECT count(*)::int AS count FROM (
        SELECT FROM ${matching(wanted, { at: "team" })} AND t.indicator_id <> (${idOf(key)}) LIMIT ${MOST + 1}
      ) others`,
  );
};
const cutSchema = z.object({ isCut: z.boolean() });

const countOfEvent = async (tx: Tx, { teamId, key, event }: Of & { event: string }): Promise<Counted> =>
  // Several feeds of the team may bring the same event.
  toCounted(
    await tx.$queryRaw<unknown[]>`
      SELECT count(*)::int AS count FROM (
        SELECT DISTINCT a.indicator_id FROM attribution a
        WHERE a.event = ${event} AND a.team_id = ${teamId}::uuid AND a.until_generation IS NULL
          AND a.indicator_id <> (${idOf(key)})
        ORDER BY a.indicator_id LIMIT ${MOST + 1}
      ) others`,
  );

const idOf = (key: string): Prisma.Sql =>
  Prisma.sql`SELECT self.id FROM indicator self WHERE self.key = ${key}::uuid`;

const toCounted = ([row]: readonly unknown[]): Counted => {
  const { count } = countSchema.parse(row);
  return { count: Math.min(count, MOST), isMore: count > MOST };
};
const countSchema = z.object({ count: z.number() });

/** Stronger hashes of the same file, as the team's sources say: at Defender they go in its place. */
const listStronger = (tx: Tx, { teamId, key }: Of): Promise<{ value: string }[]> =>
  tx.$queryRaw<{ value: string }[]>`
    SELECT DISTINCT i.type, i.value FROM attribution a
    CROSS JOIN LATERAL jsonb_array_elements_text(a.context -> 'stronger') stronger (key)
    JOIN indicator i ON i.key = stronger.key::uuid
    JOIN team_indicator t ON t.team_id = ${teamId}::uuid AND t.indicator_id = i.id
    WHERE a.indicator_id = (${idOf(key)}) AND a.team_id = ${teamId}::uuid AND a.until_generation IS NULL
    ORDER BY i.type DESC, i.value LIMIT ${STRONGER}`;

const listEvents = (tx: Tx, { teamId, key }: Of): Promise<{ event: string; info: string | null }[]> =>
  tx.$queryRaw<{ event: string; info: string | null }[]>`
    SELECT a.event, max(a.context -> 'origin' ->> 'info') AS info FROM attribution a
    WHERE a.indicator_id = (${idOf(key)}) AND a.team_id = ${teamId}::uuid AND a.until_generation IS NULL AND a.event IS NOT NULL
    GROUP BY a.event ORDER BY max(a.id) DESC LIMIT ${EVENTS}`;
