import "server-only";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { BundledEffect } from "@/lib/domain/screening/allowlist-input";
import { listBundled, type BundledList as BundledFacts } from "@/lib/domain/screening/bundled";

import { ALLOWLIST_SELECT, toAllowlistView, type AllowlistView } from "./allowlist-view";

type AllowlistWithCounts = AllowlistView & {
  entries: number;
  /** How many of the team's live values are on it; null while they have not been screened by it yet. */
  hits: number | null;
};

type BundledList = BundledFacts & {
  effect: BundledEffect;
  /** The team's own choice; null: as it comes. */
  choice: { reason: string; at: Date; by: string } | null;
  hits: number | null;
};

export type TeamAllowlists = {
  lists: AllowlistWithCounts[];
  bundled: BundledList[];
  /** What is built in and met anything. */
  builtIn: { list: string; hits: number }[];
  /** When all of the team's values were last screened; null: not yet. */
  screenedAt: Date | null;
  /** Lists were changed, and not all values have been screened since. */
  isBehind: boolean;
};

/** All that a team is screened by: its own lists and the installation's, those that come with the product, what is built in. */
export const listAllowlists = async (actor: Actor, teamId: string): Promise<TeamAllowlists> => {
  const { lists, counts, hits, choices, team } = await asActor(actor, (tx) => readAll(tx, teamId));
  const isBehind = team.screenedVersion !== team.screeningVersion;
  const hitsOf = (list: string): number | null => hits.get(list) ?? (isBehind ? null : 0);
  return {
    lists: lists.map((list) => ({
      ...toAllowlistView(list),
      entries: counts.get(list.id) ?? 0,
      hits: hitsOf(`list:${list.id}`),
    })),
    bundled: listBundled()
      .map((facts) => {
        const choice = choices.get(facts.id);
        return {
          ...facts,
          effect: (choice?.effect as BundledEffect | undefined) ?? facts.defaultEffect,
          choice: choice ? { reason: choice.reason, at: choice.decidedAt, by: choice.decidedByName } : null,
          hits: hitsOf(`bundled:${facts.id}`),
        };
      })
      // What meets something first: that is what a person may want to change.
      .toSorted(
        (one, other) => (other.hits ?? 0) - (one.hits ?? 0) || one.name.localeCompare(other.name, "en"),
      ),
    builtIn: [...hits]
      .filter(([list]) => list.startsWith("built-in:"))
      .map(([list, count]) => ({ list, hits: count }))
      .sort((one, other) => other.hits - one.hits),
    screenedAt: team.screenedAt,
    isBehind,
  };
};

/** The lists of the teams given and of the installation, each with how many entries it has. */
export const listOwnAllowlists = (
  actor: Actor,
  teamIds: readonly string[],
): Promise<(AllowlistView & { entries: number })[]> =>
  asActor(actor, async (tx) => {
    const { lists, counts } = await readLists(tx, teamIds);
    return lists.map((list) => ({ ...toAllowlistView(list), entries: counts.get(list.id) ?? 0 }));
  });

const readLists = async (tx: Tx, teamIds: readonly string[]) => {
  const lists = await tx.allowlist.findMany({
    where: { OR: [{ teamId: { in: [...teamIds] } }, { teamId: null }], deletedAt: null },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    select: ALLOWLIST_SELECT,
  });
  const counted = await tx.allowlistEntry.groupBy({
    by: ["allowlistId"],
    where: { allowlistId: { in: lists.map(({ id }) => id) }, lapsed: false },
    _count: true,
  });
  return { lists, counts: new Map(counted.map(({ allowlistId, _count }) => [allowlistId, _count])) };
};

const readAll = async (tx: Tx, teamId: string) => {
  const { lists, counts } = await readLists(tx, [teamId]);
  const hits = await tx.screeningHit.findMany({ where: { teamId } });
  const choices = await tx.bundledChoice.findMany({ where: { teamId } });
  const team = await tx.team.findUniqueOrThrow({
    where: { id: teamId },
    select: { screeningVersion: true, screenedVersion: true, screenedAt: true },
  });
  return {
    lists,
    counts,
    hits: new Map(hits.map(({ list, hits: count }) => [list, count])),
    choices: new Map(choices.map((choice) => [choice.list, choice])),
    team,
  };
};
