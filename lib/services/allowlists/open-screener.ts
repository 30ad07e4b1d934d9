import "server-only";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";
import { screenBuiltIn } from "@/lib/domain/screening/built-in";
import { createMatcher } from "@/lib/domain/screening/matcher";
import { recallMark, strictest, type Mark } from "@/lib/domain/screening/mark";

import { createRecallFinder } from "@/lib/domain/screening/recall";

import { openBundled, PRODUCT_LISTS, type Bundled } from "./open-bundled";
import { readRecalls, type StandingRecall } from "./read-recalls";

/** What a team's values are screened by: what is built in, what comes with the product, the installation's lists and its own. */
export type Screener = {
  /**
   * The team's count of changes of its lists when these were read. `OUTDATED` where the installation goes by another version of
   * the product by now: what was screened by this one is screened again.
   */
  version: number;
  /** The hit that decides, the strictest one; null: nothing speaks for the value. */
  screen: (type: IndicatorType, value: string) => Mark | null;
  /** The same for a network whose addresses are asked one by one: that a list has some of them says nothing of the others. */
  screenWhole: (type: IndicatorType, value: string) => Mark | null;
  /** The list that keeps the value in; null: none does. */
  stop: (type: IndicatorType, value: string) => string | null;
  /** Every list that the value is on, the strictest first. */
  screenAll: (type: IndicatorType, value: string) => readonly Mark[];
};

/**
 * The screener of a team as its lists stand, kept in this process until they change. The connection's scope must show the
 * team's rows; the installation's lists are seen by all.
 */
export const openScreener = async (client: PoolClient, teamId: string): Promise<Screener> => {
  const bundled = await openBundled();
  const { listsVersion, isCurrent } = await readVersion(client, teamId, bundled);
  const version = isCurrent ? listsVersion : OUTDATED;
  const kept = screeners.get(teamId);
  if (kept?.listsVersion === listsVersion) return { ...kept.ask, version };
  const ask = await createScreener(client, teamId, bundled);
  screeners.delete(teamId);
  screeners.set(teamId, { listsVersion, ask });
  for (const oldest of screeners.keys()) {
    if (screeners.size <= MOST_KEPT) break;
    screeners.delete(oldest);
  }
  return { ...ask, version };
};

/** The same in a transaction of its own. */
export const openScreenerOf = (teamId: string): Promise<Screener> =>
  bulkAsTeam(teamId, (client) => openScreener(client, teamId));

type Ask = Omit<Screener, "version">;

const screeners = new Map<string, { listsVersion: number; ask: Ask }>();
const MOST_KEPT = 50;

/** No team's count of changes: it begins with 1. */
export const OUTDATED = 0;

type Version = { listsVersion: number; isCurrent: boolean };

const readVersion = async (client: PoolClient, teamId: string, { digest }: Bundled): Promise<Version> => {
  const { rows } = await client.query<Version>(
    `SELECT screening_version AS "listsVersion", coalesce(
       (SELECT value #>> '{}' FROM setting WHERE key = $2) = $3, true) AS "isCurrent"
     FROM team WHERE id = $1`,
    [teamId, PRODUCT_LISTS, digest],
  );
  return rows[0] ?? { listsVersion: 0, isCurrent: false };
};

const createScreener = async (
  client: PoolClient,
  teamId: string,
  { matcher: bundled }: Bundled,
): Promise<Ask> => {
  const own = createMatcher(await readLists(client, teamId));
  const choices = await readChoices(client, teamId);
  const effectOf = (list: string, byDefault: AllowlistEffect) => choices.get(list) ?? byDefault;
  const recalls = new Map((await readRecalls(client, [teamId])).map((recall) => [recall.id, recall]));
  const findRecall = createRecallFinder([...recalls.values()]);
  const findMarks = (type: IndicatorType, value: string, isWhole: boolean): readonly Mark[] => {
    const marks: Mark[] = [];
    // Among equals the first one decides: a person's word comes before what is built in.
    const recall = recalls.get(findRecall(type, value) ?? "");
    if (recall) marks.push(markOf(recall));
    const builtIn = isWhole ? null : screenBuiltIn(type, value);
    if (builtIn) marks.push({ list: builtIn.list, name: BUILT_IN, effect: "stop", reason: builtIn.reason });
    for (const { listId, listName, effect, isAround, reason } of own.screenAll(type, value))
      if (!(isWhole && isAround)) marks.push({ list: `list:${listId}`, name: listName, effect, reason });
    for (const { listId, listName, effect, isAround, reason } of bundled.screenAll(type, value)) {
      if (isWhole && isAround) continue;
      const chosen = effectOf(listId, effect);
      if (chosen !== "off") marks.push({ list: `bundled:${listId}`, name: listName, effect: chosen, reason });
    }
    return strictest(marks);
  };
  const screenAll = (type: IndicatorType, value: string) => findMarks(type, value, false);
  const screen = (type: IndicatorType, value: string) => screenAll(type, value)[0] ?? null;
  const screenWhole = (type: IndicatorType, value: string) => findMarks(type, value, true)[0] ?? null;
  // Asked of every row of a list: what is on none costs no list of hits.
  const stop = (type: IndicatorType, value: string) => {
    const recall = findRecall(type, value);
    if (recall !== null) return recallMark(recall);
    const builtIn = screenBuiltIn(type, value);
    if (builtIn) return builtIn.list;
    for (const { id, effect } of own.listsWith(type, value)) if (effect === "stop") return `list:${id}`;
    for (const { id, effect } of bundled.listsWith(type, value))
      if (effectOf(id, effect) === "stop") return `bundled:${id}`;
    return null;
  };
  return { screen, screenWhole, stop, screenAll };
};

const BUILT_IN = "Built in";

type ListRow = {
  id: string;
  name: string;
  match: AllowlistMatch;
  effect: AllowlistEffect;
  entries: string[];
};

const readLists = async (client: PoolClient, teamId: string): Promise<ListRow[]> => {
  const { rows } = await client.query<ListRow>(
    `SELECT a.id, a.name, a.match, a.effect, array_agg(e.value) AS entries
     FROM allowlist a JOIN allowlist_entry e ON e.allowlist_id = a.id AND e.team_id IS NOT DISTINCT FROM a.team_id
     WHERE (a.team_id = $1 OR a.team_id IS NULL) AND a.deleted_at IS NULL AND NOT e.lapsed
       AND (e.until IS NULL OR e.until > now())
     GROUP BY a.id`,
    [teamId],
  );
  return rows;
};

const markOf = ({ id, by, reason }: StandingRecall): Mark => ({
  list: recallMark(id),
  name: "Recall",
  effect: "stop",
  reason: `Recalled by ${by}: ${reason}`,
});

const readChoices = async (
  client: PoolClient,
  teamId: string,
): Promise<ReadonlyMap<string, AllowlistEffect | "off">> => {
  const { rows } = await client.query<{ list: string; effect: AllowlistEffect | "off" }>(
    "SELECT list, effect FROM bundled_choice WHERE team_id = $1",
    [teamId],
  );
  return new Map(rows.map(({ list, effect }) => [list, effect]));
};
