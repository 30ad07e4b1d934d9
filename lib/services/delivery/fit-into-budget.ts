import "server-only";

import type { PoolClient } from "pg";

import { stepAsSystem } from "@/lib/db/scope";
import { choose, withoutOthers, type Choice, type Cut } from "@/lib/domain/selection/budget";
import type { PlanBudget } from "@/lib/domain/selection/cut";
import { recordScope } from "@/lib/domain/selection/policy";

import { AppError } from "@/lib/domain/errors";

import { moveOthers, writeEntries } from "./budget-entries";
import { readPool, recordName, type Entry } from "./budget-pool";
import type { PlanningConnector } from "./planning-connector";
import type { Wish } from "./rank-candidates";

/** What of a connector's wishes has no place, by the number of the indicator's row, and the whole in figures. */
export type Fit = { cuts: ReadonlyMap<string, Cut>; budget: PlanBudget };

type Options = { connector: PlanningConnector; wishes: readonly Wish[]; now: Date };

/**
 * Chooses among all wishes for a destination, this connector's and those that others' last plans left there, and keeps what came
 * of it: equal wishes write nothing. Teams whose indicators gain or lose a place by it are told to plan.
 */
export const fitIntoBudget = async (
  client: PoolClient,
  { connector, wishes, now }: Options,
): Promise<Fit> => {
  const pool = await stepAsSystem(client, "delivery", () => readPool(client, connector, now));
  await assertStillThere(client, connector);
  const scope = recordScope(connector.policy.deviceGroups);
  const own = wishes.map(({ id, key, score, feedId, deviceGroups }): Entry => {
    const record = recordName(id, deviceGroups === null ? scope : recordScope(deviceGroups));
    const { id: connectorId, teamId } = connector;
    const wish = { connectorId, teamId, indicatorId: id, key, score, feedId, deviceGroups };
    return { ...wish, record, isChosen: false };
  });
  // The connector's own come first, so that its cuts are the first of the choice.
  const all = [...own, ...pool.others];
  const choice = choose(all, { ...pool, ...pool.settings }, pool);
  await writeEntries(client, connector, own, choice);
  await stepAsSystem(client, "delivery", () =>
    moveOthers(client, pool.others, choice.cuts.slice(own.length)),
  );
  return toFit(own, pool.isVisible ? choice : withoutOthers(choice, all, connector.teamId));
};

/** Under the lock: one that was deleted or led elsewhere while its candidates were judged wants nothing there. */
const assertStillThere = async (
  client: PoolClient,
  { id, teamId, destinationId }: PlanningConnector,
): Promise<void> => {
  const { rowCount } = await client.query(
    "SELECT FROM connector WHERE id = $1 AND team_id = $2 AND destination_id = $3 AND deleted_at IS NULL",
    [id, teamId, destinationId],
  );
  if (!rowCount) throw new AppError("not_found", "The connector was deleted or moved while it was planned.");
};

const toFit = (own: readonly Entry[], shown: Choice): Fit => {
  const cuts = new Map<string, Cut>();
  let isCut = false;
  for (const [index, { indicatorId }] of own.entries()) {
    const cut = shown.cuts[index] ?? null;
    if (cut === null) continue;
    cuts.set(indicatorId, cut);
    isCut ||= cut.code === "over-budget";
  }
  const chosen = own.length - cuts.size;
  const cut = isCut ? shown.chosen : null;
  return { cuts, budget: { wanted: own.length, chosen, cut, ranked: shown.wanted } };
};
