import "server-only";

import { headers } from "next/headers";
import { forbidden, notFound, redirect } from "next/navigation";

import { can, findTeam, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { Permission } from "@/lib/domain/access/permissions";

import { currentActor } from "./current-actor";
import { mayAnywhere } from "./require";
import { safeReturnTo } from "./return-to";

/** For pages that anybody signed in may see. Sends others to sign in, and a temporary password to be changed. */
export const requireSignedIn = async (): Promise<Actor> => {
  const actor = await currentActor();
  if (!actor) redirect(await withReturn("/sign-in"));
  if (actor.mustChangePassword) redirect(await withReturn("/change-password"));
  return actor;
};

type Access<Team> = { actor: Actor; team: Team };

/**
 * For pages: a refusal is a place to go. With a team's slug the team is checked and given; one that the actor has no
 * part in is not found, exactly as an unknown one.
 */
export async function requirePage(permission: Permission): Promise<Access<null>>;
export async function requirePage(permission: Permission, teamSlug: string): Promise<Access<TeamAccess>>;
export async function requirePage(
  permission: Permission,
  teamSlug?: string,
): Promise<Access<TeamAccess | null>> {
  const actor = await requireSignedIn();
  if (teamSlug === undefined) {
    if (!mayAnywhere(actor, permission)) forbidden();
    return { actor, team: null };
  }
  const team = findTeam(actor, teamSlug);
  if (!team) notFound();
  if (!can(actor, permission, team.id)) forbidden();
  return { actor, team };
}

const withReturn = async (path: string): Promise<string> => {
  const target = safeReturnTo((await headers()).get("x-sluice-path"));
  return target === "/" ? path : `${path}?returnTo=${encodeURIComponent(target)}`;
};
