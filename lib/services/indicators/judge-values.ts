import "server-only";

import { asTeam } from "@/lib/db/scope";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { Mark } from "@/lib/domain/screening/mark";
import { openScreenerOf } from "@/lib/services/allowlists/open-screener";

type Value = { type: IndicatorType; value: string };

/** What a team's lists say of a value, and from which feeds the team has it already (null: from none). */
type Judgement = {
  mark: Mark | null;
  feeds: readonly string[] | null;
  /** Who of the team withdrew it and why, while that stands. */
  withdrawn: { by: string | null; reason: string } | null;
};

/** Asks a team's lists and its own set about many values at once, and answers for each. */
export const judgeValues = async (
  teamId: string,
  values: readonly Value[],
): Promise<(value: Value) => Judgement> => {
  const ids = new Set(values.map(({ type, value }) => indicatorId(type, value)));
  const feedsById = await findActive(teamId, [...ids]);
  const withdrawnById = await findWithdrawn(teamId, [...ids]);
  const { screen } = await openScreenerOf(teamId);
  return ({ type, value }) => ({
    mark: screen(type, value),
    feeds: feedsById.get(indicatorId(type, value)) ?? null,
    withdrawn: withdrawnById.get(indicatorId(type, value)) ?? null,
  });
};

/** The sentence that says where a team has a value from. */
export const knownFrom = (feeds: readonly string[]): string =>
  `Your team has it already, from ${feeds.join(", ")}.`;

/** The sentence that says that adding a value overrules a colleague. */
export const overrules = ({ by, reason }: { by: string | null; reason: string }): string =>
  `${by ?? "Somebody of your team"} withdrew it: ${reason.replace(/[\s.]*$/, ".")} Adding it lifts that.`;

const findWithdrawn = async (
  teamId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { by: string | null; reason: string }>> => {
  if (ids.length === 0) return new Map();
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ id: string; by: string | null; reason: string }[]>`
      SELECT i.key AS id, u.name AS by, x.reason FROM indicator i JOIN tombstone x ON x.indicator_id = i.id
      LEFT JOIN app_user u ON u.id = x.created_by
      WHERE x.team_id = ${teamId}::uuid AND x.lifted_at IS NULL AND i.key = ANY (${[...ids]}::uuid[])`,
  );
  return new Map(rows.map(({ id, ...withdrawn }) => [id, withdrawn]));
};

const findActive = async (
  teamId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (ids.length === 0) return new Map();
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ id: string; feeds: string[] }[]>`
      SELECT i.key AS id, array(SELECT f.name FROM feed f WHERE f.id = ANY (t.feed_ids) ORDER BY f.name) AS feeds
      FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id
      WHERE t.team_id = ${teamId}::uuid AND t.active AND i.key = ANY (${[...ids]}::uuid[])`,
  );
  return new Map(rows.map(({ id, feeds }) => [id, feeds]));
};
