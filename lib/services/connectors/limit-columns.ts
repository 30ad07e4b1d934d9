import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import type { Json } from "@/lib/domain/canonical-json";
import { isRaised, type PlanLimits } from "@/lib/domain/delivery/plan-limits";

type Limits = Partial<Record<"approval" | "automaticLimits", PlanLimits | null | undefined>>;
type LimitColumn = PlanLimits | typeof Prisma.DbNull;

/** Limits as their columns take them; what was not given stays as it is. */
export const toLimitColumns = ({
  approval,
  automaticLimits,
}: Limits): { approval?: LimitColumn; automaticLimits?: LimitColumn } => ({
  ...(approval !== undefined && { approval: approval ?? Prisma.DbNull }),
  ...(automaticLimits !== undefined && { automaticLimits: automaticLimits ?? Prisma.DbNull }),
});

/** For the audit log: which limits were changed from what to what, and whether more may happen by them. */
export const describeLimitChange = (before: Limits, after: Limits): Readonly<Record<string, Json>> => {
  const changed: Record<string, Json> = {};
  for (const name of ["approval", "automaticLimits"] as const) {
    const [from, to] = [before[name] ?? null, after[name] ?? null];
    if (JSON.stringify(from) === JSON.stringify(to)) continue;
    changed[name] = { before: from, after: to, isRaised: isRaised(from, to) };
  }
  return changed;
};
