import "server-only";

import type { Prisma } from "@/lib/db/generated/client";

export const PUSH_SELECT = {
  id: true,
  planId: true,
  connectorId: true,
  teamId: true,
  state: true,
  planned: true,
  accepted: true,
  removed: true,
  failed: true,
  skipped: true,
  message: true,
  waitingSince: true,
  queuedAt: true,
  startedAt: true,
  finishedAt: true,
} as const satisfies Prisma.PushSelect;

type PushRow = Prisma.PushGetPayload<{ select: typeof PUSH_SELECT }>;
type CountName = "planned" | "accepted" | "removed" | "failed" | "skipped";
export type PushView = Omit<PushRow, CountName> & { counts: Record<CountName, number> };

/** Shapes a row for the outside. */
export const toPushView = (row: PushRow): PushView => {
  const { planned, accepted, removed, failed, skipped, ...push } = row;
  return { ...push, counts: { planned, accepted, removed, failed, skipped } };
};
