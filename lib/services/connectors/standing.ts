import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { IS_READABLE } from "@/lib/db/queries/is-readable";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { AppError } from "@/lib/domain/errors";
import { PATIENCE_HOURS } from "@/lib/services/delivery/announce-unconfirmed";

import { noConnector } from "./get-connector";

type Connector = { id: string; teamId: string };

/** Keeps plans from being applied, and other changes, until this transaction ends; claims may go on to name it. Throws `not_found` for a deleted one. */
export const lockConnector = async (tx: Tx, { id, teamId }: Connector): Promise<void> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM connector WHERE id = ${id}::uuid AND team_id = ${teamId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
  if (rows.length === 0) throw noConnector();
};

/**
 * Throws `conflict` while indicators of the connector stand at the destination, were sent there without an answer, or have not been
 * seen gone yet, or a push is open; `what` says what must wait.
 */
export const assertNothingStands = async (tx: Tx, { id, teamId }: Connector, what: string): Promise<void> => {
  const standing = await tx.claim.count({ where: { connectorId: id, teamId } });
  if (standing > 0) {
    throw new AppError(
      "conflict",
      `${count(standing, "stands", "stand")} at its destination, so ${what}. ${WITHDRAW_ALL}`,
    );
  }
  await assertNothingOpen(tx, { id, teamId }, { what, fix: WITHDRAW_ALL });
  const unseen = await countUnseen(tx, { id, teamId });
  if (unseen > 0) {
    throw new AppError(
      "conflict",
      `${count(unseen, "was", "were")} removed and not seen gone yet, so ${what}. The destination is looked at every minute: try again then. What has not been seen after an hour does not keep it.`,
    );
  }
};

const WITHDRAW_ALL = "Plan a withdrawal of all, apply it, then try again.";

/**
 * Throws `conflict` while it is not known what of the connector stands at its destination: something was sent without an answer, or a
 * push is open.
 */
export const assertNothingOpen = async (
  tx: Tx,
  { id, teamId }: Connector,
  { what, fix }: { what: string; fix: string },
): Promise<void> => {
  const unanswered = await countUnanswered(tx, { id, teamId });
  if (unanswered > 0) {
    throw new AppError(
      "conflict",
      `${count(unanswered, "may stand", "may stand")} at its destination, since a push stopped before all was answered, so ${what}. ${fix}`,
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

const count = (value: number, one: string, many: string): string =>
  `${value.toLocaleString("en")} ${value === 1 ? "indicator" : "indicators"} of this connector ${value === 1 ? one : many}`;

const countUnanswered = async (tx: Tx, { id, teamId }: Connector): Promise<number> => {
  const rows = await tx.$queryRaw<{ unanswered: bigint }[]>`
    SELECT count(DISTINCT u.indicator_id) AS unanswered
    FROM connector c CROSS JOIN LATERAL ${Prisma.raw(unansweredItems("c.id"))} u
    WHERE c.id = ${id}::uuid AND c.team_id = ${teamId}::uuid`;
  return Number(rows[0]?.unanswered ?? 0);
};

/** Removals that were accepted and may still prove to have done nothing: only this connector's credential can look, or try another way. */
const countUnseen = async (tx: Tx, { id, teamId }: Connector): Promise<number> => {
  const rows = await tx.$queryRaw<{ unseen: bigint }[]>`
    SELECT count(*) AS unseen FROM receipt r JOIN connector c ON c.id = r.connector_id AND c.team_id = r.team_id
    WHERE c.id = ${id}::uuid AND c.team_id = ${teamId}::uuid AND r.state = 'withdrawing' AND r.remote_id IS NOT NULL
      AND r.removed_at > now() - make_interval(hours => ${PATIENCE_HOURS}) AND ${Prisma.raw(IS_READABLE)}`;
  return Number(rows[0]?.unseen ?? 0);
};
