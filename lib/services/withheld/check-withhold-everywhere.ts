import "server-only";

import type { Actor } from "@/lib/domain/access/actor";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { checkWithhold } from "./check-withhold";
import { findTakers } from "./withhold-everywhere";

/** What holding a feed back in every team that takes it would take back, in numbers alone. */
export type EverywhereReach = { teams: number; remove: number; onItsWay: number };

/**
 * Says how much holding a feed back would take back in teams that take it, its own among them unless it is left out. Nothing is
 * changed. An administrator's to ask.
 */
export const checkWithholdEverywhere = async (
  actor: Actor,
  feedId: string,
  { isOwnLeftOut = false } = {},
): Promise<EverywhereReach> => {
  requireAdministrator(actor, "admin.system");
  const takers = (await findTakers(feedId)).filter(({ id }) => !isOwnLeftOut || id !== feedId);
  const sums = { remove: 0, onItsWay: 0 };
  for (const { id, team } of takers) {
    const reach = await checkWithhold(actor, { ...team, role: "owner" }, { scope: "feed", id });
    for (const { remove, onItsWay } of reach) {
      sums.remove += remove;
      sums.onItsWay += onItsWay.reduce((sum, { count }) => sum + count, 0);
    }
  }
  return { teams: takers.length, ...sums };
};
