import "server-only";

import { asTeam } from "@/lib/db/scope";
import { parseText } from "@/lib/domain/indicator/extract";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { EFFECT_SENTENCES } from "@/lib/domain/screening/mark";
import { openScreenerOf } from "@/lib/services/allowlists/open-screener";

/** What would become of one text of a pasted box; `note` says why, where it is not simply new. */
export type CheckedText = { line: number; original: string } & (
  | {
      verdict: "new" | "known" | "duplicate" | "allowlisted";
      type: IndicatorType;
      value: string;
      note: string | null;
    }
  | { verdict: "rejected"; type: null; value: null; note: string }
);

/** Says for each value of a pasted text what adding it would do to the team's set. It stores nothing. */
export const checkText = async (teamId: string, text: string): Promise<CheckedText[]> => {
  const { indicators, rejected } = parseText(text);
  const found = indicators.map((indicator) => ({
    ...indicator,
    id: indicatorId(indicator.type, indicator.value),
  }));
  const feedsById = await findActive(teamId, [...new Set(found.map(({ id }) => id))]);
  const { screen } = await openScreenerOf(teamId);
  const seen = new Map<string, number>();
  const checked: CheckedText[] = found.map(({ id, line, original, type, value }) => {
    const earlier = seen.get(id);
    if (earlier === undefined) seen.set(id, line);
    const common = { line, original, type, value };
    if (earlier !== undefined)
      return { ...common, verdict: "duplicate", note: `The same value stands on line ${String(earlier)}.` };
    const mark = screen(type, value);
    const caution = mark && `${mark.reason} ${EFFECT_SENTENCES[mark.effect]}`;
    if (mark?.effect === "stop") return { ...common, verdict: "allowlisted", note: caution };
    const feeds = feedsById.get(id);
    if (feeds)
      return { ...common, verdict: "known", note: `Your team has it already, from ${feeds.join(", ")}.` };
    return { ...common, verdict: "new", note: caution };
  });
  const refused = rejected.map(({ line, original, reason }): CheckedText => {
    return { line, original, verdict: "rejected", type: null, value: null, note: reason };
  });
  return [...checked, ...refused].sort((one, other) => one.line - other.line);
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
