import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { asTeam } from "@/lib/db/scope";
import {
  ITEM_OPERATIONS,
  type ItemOperation,
  type PlanItemFilter,
} from "@/lib/domain/delivery/plan-item-filter";
import { queryOf } from "@/lib/services/indicators/list-indicators-rows";

import { PLAN_ITEMS, toCondition } from "./select-plan-items";

/** How many items of each operation a filter leaves of a plan. */
export const countPlanItems = async (
  { id, teamId }: { id: string; teamId: string },
  filter: Omit<PlanItemFilter, "operation">,
): Promise<Record<ItemOperation, number>> => {
  const rows = await asTeam(teamId, async (tx) => {
    const where = await toCondition(queryOf(tx), filter);
    return tx.$queryRaw<unknown[]>(Prisma.sql`
      SELECT p.operation, count(*)::int AS count ${PLAN_ITEMS}
      WHERE p.plan_id = ${id}::uuid AND p.team_id = ${teamId}::uuid AND ${where} GROUP BY p.operation`);
  });
  const counts = new Map(rows.map((row) => rowSchema.parse(row)).map((row) => [row.operation, row.count]));
  const of = (operation: ItemOperation): number => counts.get(operation) ?? 0;
  return { add: of("add"), change: of("change"), remove: of("remove"), blocked: of("blocked") };
};

const rowSchema = z.object({ operation: z.enum(ITEM_OPERATIONS), count: z.number() });
