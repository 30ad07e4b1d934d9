import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { AppError } from "@/lib/domain/errors";

import { noConnector } from "./get-connector";

type Connector = { id: string; teamId: string };

/** Keeps plans from being applied, and other changes, until this transaction ends. Throws `not_found` for a deleted one. */
export const lockConnector = async (tx: Tx, { id, teamId }: Connector): Promise<void> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM connector WHERE id = ${id}::uuid AND team_id = ${teamId}::uuid AND deleted_at IS NULL FOR UPDATE`;
  if (rows.length === 0) throw noConnector();
};

/**
 * Throws `conflict` while indicators of the connector stand at the destination, or were sent there without an answer, or a push
 * is open; `what` says what must wait.
 */
export const assertNothingStands = async (tx: Tx, { id, teamId }: Connector, what: string): Promise<void> => {
  const { standing, unanswered } = await countStanding(tx, { id, teamId });
  if (standing > 0) {
    throw new AppError(
      "conflict",
      `${standing.toLocaleString("en")} indicators of this connector stand at its destination, so ${what}. Plan a withdrawal of all, apply it, then try again.`,
    );
  }
  if (unanswered > 0) {
    throw new AppError(
      "conflict",
      `${unanswered.toLocaleString("en")} indicators of this connector may stand at its destination, since a push stopped before they were answered, so ${what}. Plan a withdrawal of all, apply it, then try again.`,
    );
  }
  const open = await tx.push.findFirst({
    where: { connectorId: id, teamId, state: { in: ["queued", "running"] } },
    select: { id: true },
  });
  if (open)
    throw new AppError(
      "conflict",
      `A push of this connector is under way, so ${what}. Wait until it is done.`,
    );
};

const countStanding = async (
  tx: Tx,
  { id, teamId }: Connector,
): Promise<{ standing: number; unanswered: number }> => {
  const standing = await tx.claim.count({ where: { connectorId: id, teamId } });
  const rows = await tx.$queryRaw<{ unanswered: bigint }[]>`
    SELECT count(DISTINCT u.indicator_id) AS unanswered
    FROM connector c CROSS JOIN LATERAL ${Prisma.raw(unansweredItems("c.id"))} u
    WHERE c.id = ${id}::uuid AND c.team_id = ${teamId}::uuid`;
  return { standing, unanswered: Number(rows[0]?.unanswered ?? 0) };
};
