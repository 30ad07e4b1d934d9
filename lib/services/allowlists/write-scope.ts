import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem, asTeam } from "@/lib/db/scope";
import { can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

/**
 * A transaction that may change lists of the team, or the installation's, which are an administrator's alone. Throws
 * `forbidden` for anybody else.
 */
export const asListOwner = <T>(
  actor: Actor,
  teamId: string | null,
  run: (tx: Tx) => Promise<T>,
): Promise<T> => {
  if (teamId !== null) return asTeam(teamId, run);
  if (can(actor, "admin.system")) return asSystem("administration", run);
  throw new AppError(
    "forbidden",
    "This list holds for every team, and only an administrator may change it. A list of your own team is yours to make.",
  );
};

/** Holds a list until the transaction ends. Throws `not_found` for one that somebody deleted since it was read. */
export const holdList = async (tx: Tx, { id, name }: { id: string; name: string }): Promise<void> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT FROM allowlist WHERE id = ${id}::uuid AND deleted_at IS NULL FOR UPDATE`;
  if (rows.length === 0)
    throw new AppError(
      "not_found",
      `Somebody deleted the list “${name}” in the meantime. Nothing was changed; the audit says who it was.`,
    );
};
