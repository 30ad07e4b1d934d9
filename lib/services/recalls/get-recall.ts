import "server-only";

import { readClockOf } from "@/lib/db/clock";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { RECALL_SELECT, toRecallView, type RecallView } from "./recall-view";

/** A recall of one of the actor's teams or of every team. A foreign one and an unknown one are both `not_found`. */
export const getRecall = (actor: Actor, id: string): Promise<RecallView> =>
  asActor(actor, async (tx) => {
    const recall = await tx.recall.findFirst({ where: { id }, select: RECALL_SELECT });
    if (!recall) throw new AppError("not_found", "There is no such recall.");
    return toRecallView(recall, await readClockOf(tx));
  });

/** Recalls that bind the teams given, newest first, ended ones included. */
export const listRecalls = (actor: Actor, teamIds: readonly string[], limit = 100): Promise<RecallView[]> =>
  asActor(actor, async (tx) => {
    const rows = await tx.recall.findMany({
      where: { OR: [{ teamId: { in: [...teamIds] } }, { teamId: null }] },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit,
      select: RECALL_SELECT,
    });
    const now = await readClockOf(tx);
    return rows.map((row) => toRecallView(row, now));
  });
