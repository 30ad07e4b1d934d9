import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { BULK_OUTCOMES, type BulkOutcome } from "@/lib/domain/indicator/bulk-change";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";

import { BULK_CHANGE_SELECT, toBulkChangeView, type BulkChangeView } from "./change-view";

/** A bulk change of one of the actor's teams. A foreign one and an unknown one are both `not_found`. */
export const getBulkChange = (actor: Actor, id: string): Promise<BulkChangeView> =>
  asActor(actor, async (tx) => {
    const row = await tx.bulkChange.findFirst({ where: { id }, select: BULK_CHANGE_SELECT });
    if (!row) throw new AppError("not_found", "There is no such bulk change among those you can see.");
    const [view] = await toViews(tx, [row]);
    if (!view) throw new Error("A row gave no view.");
    return view;
  });

/** Bulk changes of the teams given, newest first. */
export const listBulkChanges = (
  actor: Actor,
  teamIds: readonly string[],
  limit = 100,
): Promise<BulkChangeView[]> =>
  asActor(actor, async (tx) => {
    const rows = await tx.bulkChange.findMany({
      where: { teamId: { in: [...teamIds] } },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit,
      select: BULK_CHANGE_SELECT,
    });
    return toViews(tx, rows);
  });

const toViews = async (tx: Tx, rows: readonly { id: string }[]): Promise<BulkChangeView[]> => {
  const undos = await tx.bulkChange.findMany({
    where: { undoOf: { in: rows.map(({ id }) => id) } },
    select: { id: true, undoOf: true },
  });
  const now = new Date();
  return rows.map((row) =>
    toBulkChangeView(row, undos.find(({ undoOf }) => undoOf === row.id)?.id ?? null, now),
  );
};

type BulkItem = {
  id: string;
  type: IndicatorType;
  value: string;
  /** Null while it waits. */
  outcome: BulkOutcome | null;
};

type ItemOptions = { outcome?: BulkOutcome | undefined; limit: number; after: string | null };

/** What a change chose and what became of each, a page at a time; `next` is where to go on. */
export const listBulkItems = (
  actor: Actor,
  change: BulkChangeView,
  { outcome, limit, after }: ItemOptions,
): Promise<{ items: BulkItem[]; next: string | null }> =>
  asActor(actor, async (tx) => {
    const rows = itemSchema.parse(
      await tx.$queryRaw`
        SELECT x.indicator_id AS "rowId", i.key AS id, i.type, i.value, x.outcome
        FROM bulk_change_item x JOIN indicator i ON i.id = x.indicator_id
        WHERE x.change_id = ${change.id}::uuid AND x.team_id = ${change.teamId}::uuid
          AND x.indicator_id > ${BigInt(after ?? "0")} AND (${outcome ?? null}::text IS NULL OR x.outcome = ${outcome ?? null}::text)
        ORDER BY x.indicator_id LIMIT ${limit + 1}`,
    );
    const page = rows.slice(0, limit);
    return {
      items: page.map(({ id, type, value, outcome: became }) => ({
        ...{ id, value, outcome: became },
        type: indicatorTypeFromCode(type),
      })),
      next: rows.length > limit ? String(page.at(-1)?.rowId ?? "") : null,
    };
  });

const itemSchema = z.array(
  z.object({
    rowId: z.bigint(),
    id: z.uuid(),
    type: z.number(),
    value: z.string(),
    outcome: z.enum(BULK_OUTCOMES).nullable(),
  }),
);
