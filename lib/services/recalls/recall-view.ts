import "server-only";

import { z } from "zod";

import { RECALL_KINDS, type RecallKind } from "@/lib/domain/screening/recall";

export const RECALL_SELECT = {
  id: true,
  teamId: true,
  kind: true,
  value: true,
  reason: true,
  until: true,
  createdAt: true,
  createdByName: true,
  carriedOutAt: true,
  liftedAt: true,
  liftedByName: true,
} as const;

type RecallRow = Omit<RecallView, "kind" | "createdBy" | "liftedBy" | "isStanding"> & {
  kind: string;
  createdByName: string;
  liftedByName: string | null;
};

export type RecallView = {
  id: string;
  /** Null: of every team. */
  teamId: string | null;
  kind: RecallKind;
  value: string;
  reason: string;
  until: Date | null;
  createdAt: Date;
  createdBy: string;
  carriedOutAt: Date | null;
  liftedAt: Date | null;
  liftedBy: string | null;
  /** Neither lifted nor past its end. */
  isStanding: boolean;
};

export const toRecallView = (
  { createdByName, liftedByName, kind, ...row }: RecallRow,
  now: Date,
): RecallView => ({
  ...row,
  kind: z.enum(RECALL_KINDS).parse(kind),
  createdBy: createdByName,
  liftedBy: liftedByName,
  isStanding: row.liftedAt === null && (row.until === null || row.until > now),
});
