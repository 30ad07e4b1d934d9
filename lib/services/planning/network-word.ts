import "server-only";

import type { PoolClient } from "pg";

import { heldBecause } from "@/lib/db/queries/withheld";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { recallOf, type Mark } from "@/lib/domain/screening/mark";
import type { Share } from "@/lib/domain/selection/share";
import type { Screener } from "@/lib/services/allowlists/open-screener";

/** A network of the team as it stands now, for an address that was planned on its word. */
export type NetworkWord = {
  type: IndicatorType;
  value: string;
  active: boolean;
  tlp: number;
  withdrawnBecause: string | null;
  heldBecause: string | null;
};

type Options = {
  teamId: string;
  /** Of addresses, the numbers of their rows. */
  ids: readonly string[];
  isHolding: boolean;
  feeds: readonly string[] | null;
};

/** What the team's networks say now, by the number of the address; nothing is asked where nothing was planned on their word. */
export const readNetworkWords = async (
  client: PoolClient,
  { teamId, ids, isHolding, feeds }: Options,
): Promise<ReadonlyMap<string, readonly NetworkWord[]>> => {
  const words = new Map<string, NetworkWord[]>();
  if (ids.length === 0) return words;
  const { rows } = await client.query<Omit<NetworkWord, "type"> & { id: string; type: number }>(
    `SELECT part.indicator_id AS id, i.type, i.value, t.active, t.tlp, x.reason AS "withdrawnBecause",
       ${isHolding ? allHeldBecause("part.network_id", { teamId: "$2", feeds: "$3" }) : "NULL"} AS "heldBecause"
     FROM network_address part JOIN indicator i ON i.id = part.network_id
     JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = part.network_id
     LEFT JOIN tombstone x ON x.team_id = $2 AND x.indicator_id = part.network_id AND x.lifted_at IS NULL
     WHERE part.indicator_id = ANY ($1::bigint[]) ORDER BY i.key`,
    [ids, teamId, ...(isHolding ? [feeds] : [])],
  );
  for (const { id, type, ...row } of rows) {
    const word = { ...row, type: indicatorTypeFromCode(type) };
    const known = words.get(id);
    if (known) known.push(word);
    else words.set(id, [word]);
  }
  return words;
};

type Parameters = { teamId: string; feeds: string };

/** Why all is held back that a connector would send the value for; `feeds`: those it takes, null for all. */
export const allHeldBecause = (indicatorId: string, { teamId, feeds }: Parameters): string => `(
  SELECT min(v.because) FROM (
    SELECT ${heldBecause("a")} AS because FROM attribution a JOIN feed f ON f.id = a.feed_id
    WHERE a.team_id = ${teamId} AND a.indicator_id = ${indicatorId} AND a.until_generation IS NULL
      AND NOT (f.store_only OR f.source_store_only) AND (${feeds}::uuid[] IS NULL OR a.feed_id = ANY (${feeds}))
  ) v HAVING bool_and(v.because IS NOT NULL))`;

type Standing = { active: boolean; tlp: number | null; heldBecause: string | null };

/** What holds of a planned item beside the networks on whose word it was planned, too. */
export type Heard = Standing & {
  /** Lists that its networks are on. */
  marks: readonly Mark[];
  /** Why none of them says so any more; null where one does, or where it needs none. */
  gone: { reason: string; isRecalled: boolean } | null;
};

/** Asks the networks that an item was planned by, whether they still stand for it. */
export const hear = (
  own: Standing,
  { share, words, screener }: { share: Share | null; words: readonly NetworkWord[]; screener: Screener },
): Heard => {
  const alone = { active: own.active, tlp: own.tlp, heldBecause: own.heldBecause, marks: [], gone: null };
  const names = new Set(share?.content.feeds.map(({ network }) => network));
  const named = words
    .filter(({ value }) => names.has(value))
    .map((word) => ({ ...word, mark: screener.screenWhole(word.type, word.value) }));
  const holding = named.filter((word) => findGone(word) === null);
  const [first] = named;
  if (holding.length === 0) return own.active || !first ? alone : { ...alone, gone: findGone(first) };
  return {
    active: true,
    tlp: Math.max(own.active ? (own.tlp ?? 0) : 0, ...holding.map(({ tlp }) => tlp)),
    heldBecause: null,
    marks: holding.flatMap(({ mark }) => mark ?? []),
    gone: null,
  };
};

const findGone = (word: NetworkWord & { mark: Mark | null }): Heard["gone"] => {
  const { value, mark, active, withdrawnBecause, heldBecause: held } = word;
  const because = (reason: string, isRecalled = false) => ({
    reason: `${value}, of which it is a part: ${reason}`,
    isRecalled,
  });
  if (mark !== null && recallOf(mark.list) !== null)
    return because(`recalled before it was sent. ${mark.reason}`, true);
  if (withdrawnBecause !== null)
    return because(`a person withdrew it before it was sent: ${withdrawnBecause}`);
  if (!active) return because("no feed of the team names it any longer; it was not sent.");
  if (mark?.effect === "stop")
    return because(`the allowlist “${mark.name}” kept it in before it was sent. ${mark.reason}`);
  return held === null ? null : because(`a person held it back before it was sent: ${held}`);
};
