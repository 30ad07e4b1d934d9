import { isAdminPermission, roleGrants, scopeCovers, type Permission, type Role } from "./permissions";

export type TeamAccess = { id: string; slug: string; name: string; role: Role };

/** Who is asking, with the teams they may act in. An administrator acts as owner in every team. */
export type Actor = {
  userId: string;
  name: string;
  email: string;
  isAdministrator: boolean;
  mustChangePassword: boolean;
  teams: readonly TeamAccess[];
  /** What a token narrows the user's rights to; a session has `*`. */
  scopes: readonly string[];
  via: { kind: "session"; sessionId: string } | { kind: "token"; tokenId: string };
};

/** Who is named as the doer of a change: a person, or the product itself. */
export type Doer = { id: string | null; name: string };

/** The product itself, for changes that nobody asked for by hand. */
export const SYSTEM: Doer = { id: null, name: "system" };

/** The name under which an actor's changes are recorded. */
export const asDoer = (actor: Actor): Doer => ({ id: actor.userId, name: `${actor.name} <${actor.email}>` });

/** Whether the actor may do this in the team; administrators' permissions take no team. */
export const can = (actor: Actor, permission: Permission, teamId?: string): boolean => {
  if (!scopeCovers(actor.scopes, permission)) return false;
  if (isAdminPermission(permission)) return actor.isAdministrator;
  if (teamId === undefined) return actor.teams.some(({ role }) => roleGrants(role, permission));
  const team = actor.teams.find(({ id }) => id === teamId);
  return team !== undefined && roleGrants(team.role, permission);
};

/** The team behind a slug, or null where the actor has no part in it: a foreign team and an unknown one look the same. */
export const findTeam = (actor: Actor, slug: string): TeamAccess | null =>
  actor.teams.find((team) => team.slug === slug) ?? null;
