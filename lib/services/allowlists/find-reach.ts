import "server-only";

import { setImmediate as nextTurn } from "node:timers/promises";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { findTeamValues, type Question } from "./find-team-values";

/** What of the values that are live something would meet. */
export type Reach = {
  /** How many values, in how many teams. */
  matched: number;
  teams: number;
  /** There was no time to look at all: it meets at least so much. */
  isPartial: boolean;
  byType: { type: IndicatorType; count: number }[];
  /** The first of them, each with why. */
  samples: { id: string; type: IndicatorType; value: string; reason: string }[];
  /** How many of them stand at which destination. */
  destinations: { connectorId: string; connector: string; count: number }[];
};

type Sought = Pick<Question, "match" | "entries"> & {
  /** Why a value is met; null: it is not. */
  explain: (type: IndicatorType, value: string) => string | null;
};

const SAMPLES = 20;
/** Even the last statement may look about for a moment: an answer of nothing helps nobody. */
const SHORTEST_MS = 250;

/** Looks, in these teams, for what is met of what is live, for so long at most; lets others go on in between. */
export const findReach = async (
  teamIds: readonly string[],
  { match, entries, explain }: Sought,
  longestMs: number,
): Promise<Reach> => {
  const tally = createTally();
  const signal = AbortSignal.timeout(Math.max(longestMs, 0));
  const question = { match, entries, signal };
  const endsAt = performance.now() + longestMs;
  try {
    for (const teamId of teamIds) {
      if (tally.found.isPartial) break;
      await bulkAsTeam(teamId, (client) => lookInTeam(client, teamId, { question, explain, tally, endsAt }));
    }
  } catch (error) {
    if (error !== signal.reason && !isStoppedStatement(error)) throw error;
    tally.found.isPartial = true;
  }
  return tally.finish();
};

/** Nothing is met by nothing. */
export const NO_REACH: Reach = {
  ...{ matched: 0, teams: 0, isPartial: false },
  ...{ byType: [], samples: [], destinations: [] },
};

/** PostgreSQL broke a statement off, here because `statement_timeout` was over. */
const isStoppedStatement = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "57014";

type Destination = Reach["destinations"][number];

const createTally = () => {
  const found = { matched: 0, teams: 0, isPartial: false, samples: [] as Reach["samples"] };
  const byType = new Map<IndicatorType, number>();
  const destinations = new Map<string, Destination>();
  return {
    found,
    countType: (type: IndicatorType) => byType.set(type, (byType.get(type) ?? 0) + 1),
    countAt: (at: Destination) => {
      const known = destinations.get(at.connectorId);
      if (known) known.count += at.count;
      else destinations.set(at.connectorId, { ...at });
    },
    finish: (): Reach => ({
      ...found,
      byType: [...byType]
        .map(([type, count]) => ({ type, count }))
        .sort((one, other) => other.count - one.count),
      destinations: [...destinations.values()].sort((one, other) =>
        one.connector.localeCompare(other.connector, "en"),
      ),
    }),
  };
};

type Context = {
  question: Question;
  explain: Sought["explain"];
  tally: ReturnType<typeof createTally>;
  endsAt: number;
};

const lookInTeam = async (
  client: PoolClient,
  teamId: string,
  { question, explain, tally, endsAt }: Context,
): Promise<void> => {
  const { found, countType, countAt } = tally;
  const before = found.matched;
  // Looked at between statements only, the clock would not stop one that takes minutes.
  const limitStatement = () =>
    client.query("SELECT set_config('statement_timeout', $1, true)", [
      String(Math.ceil(Math.max(endsAt - performance.now(), SHORTEST_MS))),
    ]);
  try {
    await limitStatement();
    for await (const values of findTeamValues(client, teamId, question)) {
      const met: string[] = [];
      for (const { id, type, value, isActive, screenedBy } of values) {
        if (!isActive || screenedBy !== null) continue;
        const reason = explain(type, value);
        if (reason === null) continue;
        met.push(id);
        countType(type);
        if (found.samples.length < SAMPLES)
          found.samples.push({ id: indicatorId(type, value), type, value, reason });
      }
      found.matched += met.length;
      await limitStatement();
      for (const at of await readStanding(client, teamId, met)) countAt(at);
      if (performance.now() > endsAt) {
        found.isPartial = true;
        break;
      }
      await limitStatement();
      await nextTurn();
    }
  } finally {
    if (found.matched > before) found.teams += 1;
  }
};

const readStanding = async (
  client: PoolClient,
  teamId: string,
  indicatorIds: readonly string[],
): Promise<readonly Destination[]> => {
  if (indicatorIds.length === 0) return [];
  const { rows } = await client.query<Destination>(
    `SELECT c.id AS "connectorId", c.name AS connector, count(*)::int AS count
     FROM receipt r JOIN connector c ON c.id = r.connector_id
     WHERE r.team_id = $1 AND r.state IN ('accepted', 'visible') AND r.indicator_id = ANY ($2::bigint[])
     GROUP BY c.id`,
    [teamId, indicatorIds],
  );
  return rows;
};
