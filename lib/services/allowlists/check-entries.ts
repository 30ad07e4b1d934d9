import "server-only";

import { setImmediate as nextTurn } from "node:timers/promises";

import type { PoolClient } from "pg";

import { asActor, asSystem, bulkAsTeam } from "@/lib/db/scope";
import { can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { createMatcher, type Matcher } from "@/lib/domain/screening/matcher";

import type { AllowlistView } from "./allowlist-view";
import { findTeamValues } from "./find-team-values";
import { judgeEntries, type EntryFate } from "./judge-entries";

/** What entries would meet of what is live, before they are saved. */
export type EntryCheck = {
  /** Values that would come under the list, in how many teams. */
  matched: number;
  teams: number;
  /** There was no time to look at all: it meets at least so much. */
  isPartial: boolean;
  byType: { type: IndicatorType; count: number }[];
  /** The first of them, each with why. */
  samples: { id: string; type: IndicatorType; value: string; reason: string }[];
  /** How many of them stand at which destination. */
  destinations: { connectorId: string; connector: string; count: number }[];
  /** Each entry's fate, in order. */
  entries: EntryFate[];
  /** Those that would not be taken. */
  rejected: { value: string; reason: string }[];
};

const SAMPLES = 20;
/** A person waits for the answer, and everybody else's pages for the process. */
const LONGEST_MS = 8_000;
/** Even the last statement may look about for a moment: an answer of nothing helps nobody. */
const SHORTEST_MS = 250;

type Options = { longestMs?: number };

/**
 * Says what entries would do if they were added to a list: for a team's list in that team, for the installation's in every
 * team, which an administrator alone may ask. Nothing is saved. It looks for eight seconds at most, lets others go on in
 * between, and says when that was not enough.
 */
export const checkEntries = async (
  actor: Actor,
  list: AllowlistView,
  values: readonly string[],
  { longestMs = LONGEST_MS }: Options = {},
): Promise<EntryCheck> => {
  const teamIds = await teamsOf(actor, list);
  const judged = await asActor(actor, (tx) =>
    judgeEntries(
      tx,
      list,
      values.map((value) => ({ value, comment: "", until: null })),
      new Date(),
    ),
  );
  const fates = judged.map(({ value, outcome, reason }) => ({ value, outcome, reason }));
  // What stands there was met when it was added.
  const entries = fates.flatMap(({ value, outcome }) => (outcome === "added" ? [value] : []));
  const tally = createTally();
  if (entries.length > 0) {
    const matcher = createMatcher([{ ...list, entries }]);
    const signal = AbortSignal.timeout(Math.max(longestMs, 0));
    const question = { match: list.match, entries, signal };
    const endsAt = performance.now() + longestMs;
    try {
      for (const teamId of teamIds) {
        if (tally.found.isPartial) break;
        await bulkAsTeam(teamId, (client) => checkTeam(client, teamId, { question, matcher, tally, endsAt }));
      }
    } catch (error) {
      if (error !== signal.reason && !isStoppedStatement(error)) throw error;
      tally.found.isPartial = true;
    }
  }
  const rejected = fates.flatMap(({ value, outcome, reason }) =>
    outcome === "rejected" && reason !== null ? [{ value, reason }] : [],
  );
  return { ...tally.finish(), entries: fates, rejected };
};

/** PostgreSQL broke a statement off, here because `statement_timeout` was over. */
const isStoppedStatement = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "57014";

const teamsOf = async (actor: Actor, { teamId }: AllowlistView): Promise<readonly string[]> => {
  if (teamId !== null) return [teamId];
  if (!can(actor, "admin.system"))
    throw new AppError(
      "forbidden",
      "This list holds for every team; only an administrator may look at all of them.",
    );
  const teams = await asSystem("administration", (tx) => tx.team.findMany({ select: { id: true } }));
  return teams.map(({ id }) => id);
};

type Destination = EntryCheck["destinations"][number];

const createTally = () => {
  const found = { matched: 0, teams: 0, isPartial: false, samples: [] as EntryCheck["samples"] };
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
    finish: (): Omit<EntryCheck, "entries" | "rejected"> => ({
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
  question: Parameters<typeof findTeamValues>[2];
  matcher: Matcher;
  tally: ReturnType<typeof createTally>;
  endsAt: number;
};

const checkTeam = async (
  client: PoolClient,
  teamId: string,
  { question, matcher, tally, endsAt }: Context,
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
        const hit = matcher.screen(type, value);
        if (hit === null) continue;
        met.push(id);
        countType(type);
        if (found.samples.length < SAMPLES)
          found.samples.push({ id: indicatorId(type, value), type, value, reason: hit.reason });
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
