import "server-only";

import { requireInTeam } from "@/lib/auth/require";
import type { Tx } from "@/lib/db/client";
import { asActor, asSystem } from "@/lib/db/scope";
import { can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

export type AuditRow = {
  id: string;
  at: Date;
  /** The team's slug; null for what belongs to the installation, or to a team that is gone. */
  team: string | null;
  actorId: string | null;
  /** Name and address as they were then. */
  actorName: string;
  action: string;
  subjectType: string;
  subjectId: string;
  detail: unknown;
};

type Options = {
  limit: number;
  /** Ids below this one. */
  before?: string | undefined;
  /** Only this team's; all that the actor may see otherwise. */
  teamId?: string | undefined;
  actorId?: string | undefined;
  /** `feed.create`, or `feed.` for everything about feeds. */
  action?: string | undefined;
  subjectId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};

/**
 * Who did what, newest first: in one team, in all teams of the actor, or, for administrators, in the whole installation.
 * `next` is where to go on.
 */
export const listAudit = async (
  actor: Actor,
  options: Options,
): Promise<{ entries: AuditRow[]; next: string | null }> => {
  const { teamId } = options;
  if (teamId !== undefined) {
    requireInTeam(actor, "audit.read", teamId);
    return asActor(actor, (tx) => readPage(tx, actor, options, [teamId]));
  }
  if (can(actor, "admin.audit")) return asSystem("audit", (tx) => readPage(tx, actor, options, null));
  const teamIds = actor.teams.map(({ id }) => id).filter((id) => can(actor, "audit.read", id));
  if (teamIds.length === 0) throw new AppError("forbidden", "You may read the activity of no team.");
  return asActor(actor, (tx) => readPage(tx, actor, options, teamIds));
};

const readPage = async (tx: Tx, actor: Actor, options: Options, teamIds: readonly string[] | null) => {
  const { limit, before, actorId, action, subjectId, from, to } = options;
  const found = await tx.auditEntry.findMany({
    where: {
      ...(teamIds && { teamId: { in: [...teamIds] } }),
      ...(before !== undefined && { id: { lt: BigInt(before) } }),
      ...(actorId !== undefined && { actorId }),
      ...(subjectId !== undefined && { subjectId }),
      ...(action !== undefined && { action: action.endsWith(".") ? { startsWith: action } : action }),
      ...((from ?? to) && { at: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
    },
    select: {
      id: true,
      at: true,
      teamId: true,
      actorId: true,
      actorName: true,
      action: true,
      subjectType: true,
      subjectId: true,
      detail: true,
    },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const slugs = new Map(actor.teams.map(({ id, slug }) => [id, slug]));
  const entries = found.slice(0, limit).map(({ id, teamId, ...entry }) => ({
    ...entry,
    id: id.toString(),
    team: teamId === null ? null : (slugs.get(teamId) ?? null),
  }));
  return { entries, next: found.length > limit ? (entries.at(-1)?.id ?? null) : null };
};
