import "server-only";

import type { PoolClient } from "pg";

import { asSystem, bulkAsTeam } from "@/lib/db/scope";
import { can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { checkEntry } from "@/lib/domain/screening/entry";
import { createMatcher, type Matcher } from "@/lib/domain/screening/matcher";

import type { AllowlistView } from "./allowlist-view";
import { readTeamValues } from "./read-team-values";

/** What entries would meet of what is live, before they are saved. */
export type EntryCheck = {
  /** Values that would come under the list, in how many teams. */
  matched: number;
  teams: number;
  byType: { type: IndicatorType; count: number }[];
  /** The first of them, each with why. */
  samples: { id: string; type: IndicatorType; value: string; reason: string }[];
  /** How many of them stand at which destination. */
  destinations: { connectorId: string; connector: string; count: number }[];
  /** Entries that would not be taken. */
  rejected: { value: string; reason: string }[];
};

const SAMPLES = 20;

/**
 * Says what entries would do if they were added to a list: for a team's list in that team, for the installation's in every
 * team, which an administrator alone may ask. Nothing is saved.
 */
export const checkEntries = async (
  actor: Actor,
  list: AllowlistView,
  values: readonly string[],
): Promise<EntryCheck> => {
  const check: EntryCheck = { matched: 0, teams: 0, byType: [], samples: [], destinations: [], rejected: [] };
  const entries: string[] = [];
  for (const value of values) {
    const checked = checkEntry(list.match, value);
    if (checked.ok) entries.push(checked.value);
    else check.rejected.push({ value, reason: checked.problem.message });
  }
  if (entries.length === 0) return check;
  const matcher = createMatcher([{ ...list, entries }]);
  const byType = new Map<IndicatorType, number>();
  for (const teamId of await teamsOf(actor, list)) {
    const before = check.matched;
    await bulkAsTeam(teamId, (client) => checkTeam(client, teamId, { matcher, check, byType }));
    if (check.matched > before) check.teams += 1;
  }
  check.byType = [...byType]
    .map(([type, count]) => ({ type, count }))
    .sort((one, other) => other.count - one.count);
  return check;
};

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

type Context = { matcher: Matcher; check: EntryCheck; byType: Map<IndicatorType, number> };

const checkTeam = async (
  client: PoolClient,
  teamId: string,
  { matcher, check, byType }: Context,
): Promise<void> => {
  const met: string[] = [];
  for await (const values of readTeamValues(client, teamId)) {
    for (const { id, type, value, isActive, screenedBy } of values) {
      if (!isActive || screenedBy !== null) continue;
      const hit = matcher.screen(type, value);
      if (hit === null) continue;
      met.push(id);
      byType.set(type, (byType.get(type) ?? 0) + 1);
      if (check.samples.length < SAMPLES)
        check.samples.push({ id: indicatorId(type, value), type, value, reason: hit.reason });
    }
  }
  if (met.length === 0) return;
  check.matched += met.length;
  const { rows } = await client.query<EntryCheck["destinations"][number]>(
    `SELECT c.id AS "connectorId", c.name AS connector, count(*)::int AS count
     FROM receipt r JOIN connector c ON c.id = r.connector_id
     WHERE r.team_id = $1 AND r.state IN ('accepted', 'visible') AND r.indicator_id = ANY ($2::bigint[])
     GROUP BY c.id ORDER BY c.name`,
    [teamId, met],
  );
  check.destinations.push(...rows);
};
