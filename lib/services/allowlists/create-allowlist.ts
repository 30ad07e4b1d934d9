import "server-only";

import { randomUUID } from "node:crypto";

import { brokenConstraint } from "@/lib/db/errors";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { AllowlistCreate } from "@/lib/domain/screening/allowlist-input";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { ALLOWLIST_SELECT, toAllowlistView, type AllowlistView } from "./allowlist-view";
import { asListOwner } from "./write-scope";

/** Makes an empty list of a team, or of the installation (null). Throws `conflict` for a name that is taken. */
export const createAllowlist = async (
  actor: Actor,
  teamId: string | null,
  { name, match, effect }: Omit<AllowlistCreate, "team">,
): Promise<AllowlistView> => {
  const id = randomUUID();
  try {
    return await asListOwner(actor, teamId, async (tx) => {
      const list = await tx.allowlist.create({
        data: { id, teamId, name, match, effect, createdBy: actor.userId, createdByName: actor.name },
        select: ALLOWLIST_SELECT,
      });
      await recordAudit(tx, {
        teamId,
        doer: asDoer(actor),
        action: "allowlist.create",
        subject: { type: "allowlist", id },
        detail: { name, match, effect },
      });
      return toAllowlistView(list);
    });
  } catch (cause) {
    throw brokenConstraint(cause) === null ? cause : nameTaken(name, cause);
  }
};

export const nameTaken = (name: string, cause: unknown): AppError =>
  new AppError("conflict", `There is already a list named “${name}”.`, { cause });
