import { can, type Actor } from "@/lib/domain/access/actor";
import type { AdminPermission, Role } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";

/** Who a change is about. */
export type Target = { role: Role | null; isAdministrator: boolean };

// Written out, so that an order of names never becomes an order of power by accident.
const RANK: Record<Role, number> = { viewer: 1, analyst: 2, owner: 3 };
const ADMINISTRATOR = 4;

/**
 * Nobody reaches above themselves: in the team, the actor must stand at least as high as the person the change is about and
 * as the role it grants. Throws `forbidden`.
 */
export const requireRankOver = (
  actor: Actor,
  teamId: string,
  { target, grants }: { target?: Target; grants?: Role },
): void => {
  const own = rankOf({
    role: actor.teams.find(({ id }) => id === teamId)?.role ?? null,
    isAdministrator: actor.isAdministrator,
  });
  if (target && rankOf(target) > own) {
    throw new AppError(
      "forbidden",
      target.isAdministrator
        ? "This person is an administrator. Only administrators may change what they may do."
        : "This person has a higher role than yours. Ask an owner of the team.",
    );
  }
  if (grants && RANK[grants] > own)
    throw new AppError("forbidden", `You cannot give the role ${grants}: it is higher than yours.`);
};

const rankOf = ({ role, isAdministrator }: Target): number => {
  if (isAdministrator) return ADMINISTRATOR;
  return role === null ? 0 : RANK[role];
};

/** For what concerns the whole installation. Throws `forbidden`. */
export const requireAdministrator = (actor: Actor, permission: AdminPermission): void => {
  if (!can(actor, permission)) throw new AppError("forbidden", "Only administrators may do this.");
};
