import "server-only";

import { asTeam } from "@/lib/db/scope";
import type { PlaceShare, Weights } from "@/lib/domain/selection/budget-settings";
import { planBudgetSchema, type PlanBudget } from "@/lib/domain/selection/cut";
import { noConnector } from "@/lib/services/connectors/get-connector";

import { readSettings } from "./budget-settings";

/** A destination's budget as a team that sends there may know it: its own share, never another's. */
export type TeamBudget = {
  headroom: number;
  steadiness: number;
  weights: Weights;
  /** Null: the team has neither floor nor ceiling. */
  share: PlaceShare | null;
  /** Feeds of the team with a floor or a ceiling. */
  feeds: { id: string; name: string; share: PlaceShare }[];
  /** What the connector's newest plan took of the places; null before the first. */
  latest: PlanBudget | null;
};

/** Who gets a destination's places, for one of its connectors; null where the vendor states no limit. */
export const getBudget = async ({ id, teamId }: { id: string; teamId: string }): Promise<TeamBudget | null> =>
  asTeam(teamId, async (tx) => {
    const connector = await tx.connector.findFirst({
      where: { id, teamId, deletedAt: null },
      select: { kind: true, destination: { select: { budget: true } } },
    });
    if (!connector) throw noConnector();
    if (connector.kind === "sentinel") return null;
    const { headroom, steadiness, weights, teams, feeds } = readSettings(connector.destination.budget);
    const named = await tx.feed.findMany({
      where: { teamId, id: { in: Object.keys(feeds) } },
      orderBy: { name: "asc" },
      select: { id: true, name: true },
    });
    const plan = await tx.plan.findFirst({
      where: { connectorId: id, teamId, partial: false },
      orderBy: { createdAt: "desc" },
      select: { budget: true },
    });
    return {
      ...{ headroom, steadiness, weights },
      share: teams[teamId] ?? null,
      feeds: named.flatMap((feed) => {
        const share = feeds[feed.id];
        return share ? [{ ...feed, share }] : [];
      }),
      latest: planBudgetSchema.nullable().parse(plan?.budget ?? null),
    };
  });
