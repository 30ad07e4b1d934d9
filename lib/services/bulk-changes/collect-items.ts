import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { asTeam } from "@/lib/db/scope";
import { MOST_CHANGED, type BulkSelection } from "@/lib/domain/indicator/bulk-change";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { selectMatching } from "@/lib/services/indicators/list-indicators-matching";
import { queryOf } from "@/lib/services/indicators/list-indicators-rows";

import { toAuditEntry } from "./audit-entry";
import { BULK_CHANGE_SELECT, toBulkChangeView } from "./change-view";

/**
 * Lists what a change is to touch, once, before its first piece: from then on the selection is frozen. Safe to call again: what is
 * listed stays. False when another worker has the change, or it is over.
 */
export const collectItems = (
  teamId: string,
  changeId: string,
  most: number = MOST_CHANGED,
): Promise<boolean> =>
  asTeam(teamId, async (tx) => {
    const [locked] = await tx.$queryRaw<{ state: string }[]>`
      SELECT state FROM bulk_change WHERE id = ${changeId}::uuid AND team_id = ${teamId}::uuid
        AND state IN ('queued', 'running') FOR UPDATE SKIP LOCKED`;
    if (!locked) return false;
    if (locked.state === "running") return true;
    const row = await tx.bulkChange.findUniqueOrThrow({
      where: { id: changeId },
      select: BULK_CHANGE_SELECT,
    });
    const view = toBulkChangeView(row, null, row.createdAt);
    const { selection, undoOf, createdAt } = view;
    const chosen =
      selection === null ? ofChange(undoOf) : await toChosen(tx, { teamId, selection, createdAt });
    const total = await insertItems(tx, { changeId, teamId, chosen, most });
    const isTooMany = total > most;
    const now = new Date();
    const stopped = { state: "stopped", finishedAt: now, message: tooMany(most) } as const;
    await tx.bulkChange.update({
      where: { id: changeId },
      data: isTooMany ? stopped : { state: "running", total, touchedAt: now },
      select: { id: true },
    });
    if (isTooMany) {
      await tx.bulkChangeItem.deleteMany({ where: { changeId } });
      await recordAudit(tx, toAuditEntry({ ...view, ...stopped }, row.createdBy), now);
    }
    return !isTooMany;
  });

const tooMany = (most: number): string =>
  `These are more than ${most.toLocaleString("en")}, the most that one change takes. Nothing was changed. Narrow the list.`;

type Insert = { changeId: string; teamId: string; chosen: Prisma.Sql; most: number };

const insertItems = (tx: Tx, { changeId, teamId, chosen, most }: Insert): Promise<number> =>
  tx.$executeRaw`
    INSERT INTO bulk_change_item (change_id, team_id, indicator_id)
    SELECT ${changeId}::uuid, ${teamId}::uuid, chosen.indicator_id FROM (${chosen}) chosen
    ORDER BY chosen.indicator_id LIMIT ${most + 1}`;

type Choice = { teamId: string; selection: BulkSelection; createdAt: Date };

// What the team got after the person chose was never seen by them.
const toChosen = async (tx: Tx, { teamId, selection, createdAt }: Choice): Promise<Prisma.Sql> =>
  "ids" in selection
    ? Prisma.sql`SELECT DISTINCT t.indicator_id FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id
        WHERE t.team_id = ${teamId}::uuid AND i.key = ANY (${selection.ids}::uuid[])`
    : Prisma.sql`SELECT indicator_id FROM (${await selectMatching(queryOf(tx), [teamId], selection.filter)}) matching
        WHERE added_at <= ${createdAt}`;

const ofChange = (changeId: string | null): Prisma.Sql => Prisma.sql`
  SELECT indicator_id FROM bulk_change_item WHERE change_id = ${changeId}::uuid
    AND (before_id IS NOT NULL OR after_id IS NOT NULL OR tombstone_id IS NOT NULL)`;
