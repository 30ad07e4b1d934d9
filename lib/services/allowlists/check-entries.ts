import "server-only";

import { asActor, asSystem } from "@/lib/db/scope";
import { can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { createMatcher } from "@/lib/domain/screening/matcher";

import type { AllowlistView } from "./allowlist-view";
import { findReach, NO_REACH, type Reach } from "./find-reach";
import { judgeEntries, type EntryFate } from "./judge-entries";

/** What entries would meet of what is live, before they are saved. */
export type EntryCheck = Reach & {
  /** Each entry's fate, in order. */
  entries: EntryFate[];
  /** Those that would not be taken. */
  rejected: { value: string; reason: string }[];
};

/** A person waits for the answer, and everybody else's pages for the process. */
const LONGEST_MS = 8_000;

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
  const matcher = createMatcher([{ ...list, entries }]);
  const explain = (...asked: Parameters<typeof matcher.screen>) => matcher.screen(...asked)?.reason ?? null;
  const reach =
    entries.length === 0
      ? NO_REACH
      : await findReach(teamIds, { match: list.match, entries, explain }, longestMs);
  const rejected = fates.flatMap(({ value, outcome, reason }) =>
    outcome === "rejected" && reason !== null ? [{ value, reason }] : [],
  );
  return { ...reach, entries: fates, rejected };
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
