import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import type { Json } from "@/lib/domain/canonical-json";
import type { Gate } from "@/lib/domain/connector/gate-input";
import type { ConnectorMode } from "@/lib/domain/connector/kinds";
import type { Loosened } from "@/lib/domain/delivery/loosened";
import { DEFAULT_AUTOMATIC_LIMITS, isRaised, type PlanLimits } from "@/lib/domain/delivery/plan-limits";

type Limits = Partial<Record<"approval" | "automaticLimits", PlanLimits | null | undefined>> & {
  gate?: Gate | null | undefined;
};
type Column<T> = T | typeof Prisma.DbNull;

/** Limits and the gate as their columns take them; what was not given stays as it is. */
export const toLimitColumns = ({
  approval,
  automaticLimits,
  gate,
}: Limits): {
  approval?: Column<PlanLimits>;
  automaticLimits?: Column<PlanLimits>;
  gate?: Column<Gate>;
} => ({
  ...(approval !== undefined && { approval: approval ?? Prisma.DbNull }),
  ...(automaticLimits !== undefined && { automaticLimits: automaticLimits ?? Prisma.DbNull }),
  ...(gate !== undefined && { gate: gate ?? Prisma.DbNull }),
});

type Automatic = { mode?: ConnectorMode | undefined; automaticLimits?: PlanLimits | null | undefined };

/** The limits of what becomes automatic: as they are given (null: none) or were before, else the usual ones. */
export const automaticLimitsOf = (
  { mode, automaticLimits }: Automatic,
  before: Required<Automatic> = { mode: "review", automaticLimits: null },
): PlanLimits | null | undefined => {
  const becomes = mode === "automatic" && before.mode !== "automatic";
  return automaticLimits === undefined && becomes && before.automaticLimits === null
    ? DEFAULT_AUTOMATIC_LIMITS
    : automaticLimits;
};

/** Who raised the limits, as its column takes it. */
export const toLoosenedColumn = (loosened: Loosened | null): Column<Omit<Loosened, "at"> & { at: string }> =>
  loosened === null ? Prisma.DbNull : { ...loosened, at: loosened.at.toISOString() };

/** For the audit log: which limits were changed from what to what, and whether more may happen by them. */
export const describeLimitChange = (before: Limits, after: Limits): Readonly<Record<string, Json>> => {
  const changed: Record<string, Json> = {};
  for (const name of ["approval", "automaticLimits"] as const) {
    const [from, to] = [before[name] ?? null, after[name] ?? null];
    if (JSON.stringify(from) === JSON.stringify(to)) continue;
    changed[name] = { before: from, after: to, isRaised: isRaised(from, to) };
  }
  const [from, to] = [before.gate ?? null, after.gate ?? null];
  if (JSON.stringify(from) !== JSON.stringify(to)) changed["gate"] = { before: from, after: to };
  return changed;
};
