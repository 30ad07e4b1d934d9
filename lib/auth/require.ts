import "server-only";

import { can, findTeam, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { isAdminPermission, roleGrants, scopeCovers, type Permission } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";

import { currentActor } from "./current-actor";

/** For actions: the signed-in actor with this permission in at least one team. A refusal is an `AppError`. */
export const requirePermission = async (permission: Permission): Promise<Actor> => {
  const actor = await currentActor();
  if (!actor) throw new AppError("unauthenticated", "You are signed out. Sign in and try again.");
  return requireAnywhere(actor, permission);
};

/**
 * The actor, when a password is not waiting to be changed and some team (or the administrator's flag) grants the
 * permission. The object's own team is still to be checked: `requireTeam` or `requireInTeam`.
 */
export const requireAnywhere = (actor: Actor, permission: Permission): Actor => {
  requireOwnPassword(actor);
  if (!mayAnywhere(actor, permission)) throw refusal(actor, permission);
  return actor;
};

/** The team behind a slug: `not_found` when the actor has no part in it (as if unknown), `forbidden` when the role lacks. */
export const requireTeam = (actor: Actor, slug: string, permission: Permission): TeamAccess => {
  requireOwnPassword(actor);
  const team = findTeam(actor, slug);
  if (!team) throw unknown("team");
  if (!can(actor, permission, team.id)) throw refusal(actor, permission, team);
  return team;
};

/**
 * As `requireTeam`, for the team that an object belongs to. `what` names the object (feed, connector …), so that a
 * foreign one answers exactly as an unknown one does.
 */
export const requireInTeam = (
  actor: Actor,
  permission: Permission,
  teamId: string,
  what = "team",
): TeamAccess => {
  requireOwnPassword(actor);
  const team = actor.teams.find(({ id }) => id === teamId);
  if (!team) throw unknown(what);
  if (!can(actor, permission, team.id)) throw refusal(actor, permission, team);
  return team;
};

/** The one answer for what does not exist and for what belongs to others. */
export const unknown = (what: string): AppError =>
  new AppError("not_found", `There is no such ${what} among those you can see.`);

/** Whether some team grants the permission. An administrator is owner of every team, those still to be made included. */
export const mayAnywhere = (actor: Actor, permission: Permission): boolean =>
  scopeCovers(actor.scopes, permission) &&
  (isAdminPermission(permission)
    ? actor.isAdministrator
    : actor.isAdministrator || actor.teams.some(({ role }) => roleGrants(role, permission)));

const requireOwnPassword = (actor: Actor): void => {
  if (actor.mustChangePassword)
    throw new AppError("forbidden", "Your password is a temporary one. Change it first.");
};

const refusal = (actor: Actor, permission: Permission, team?: TeamAccess): AppError => {
  if (!scopeCovers(actor.scopes, permission)) {
    return new AppError(
      "forbidden",
      `This token lacks the scope ${permission}. Make one that has it under Your account.`,
    );
  }
  if (isAdminPermission(permission)) return new AppError("forbidden", "Only administrators may do this.");
  if (team) {
    return new AppError(
      "forbidden",
      `As ${team.role} of ${team.name} you may not do this (${permission}). Ask an owner of the team.`,
    );
  }
  if (actor.teams.length === 0)
    return new AppError(
      "forbidden",
      "You are in no team yet. Ask an owner or an administrator to invite you.",
    );
  return new AppError(
    "forbidden",
    `Your role allows this in none of your teams (${permission}). Ask an owner.`,
  );
};
