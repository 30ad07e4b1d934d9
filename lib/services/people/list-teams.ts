import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

type Options = {
  limit: number;
  /** Names after this one. */
  after?: string | undefined;
};
export type TeamRow = { id: string; slug: string; name: string; createdAt: Date; members: number };

export const TEAM_ROW = { id: true, slug: true, name: true, createdAt: true } as const;

/** The actor's teams by name, with the number of their members; an administrator has all. `next` is where to go on. */
export const listTeams = (
  actor: Actor,
  { limit, after }: Options,
): Promise<{ teams: TeamRow[]; next: string | null }> =>
  asActor(actor, async (tx) => {
    const found = await tx.team.findMany({
      where: {
        id: { in: actor.teams.map(({ id }) => id) },
        archivedAt: null,
        ...(after !== undefined && { name: { gt: after } }),
      },
      select: { ...TEAM_ROW, _count: { select: { memberships: true } } },
      orderBy: { name: "asc" },
      take: limit + 1,
    });
    const teams = found
      .slice(0, limit)
      .map(({ _count, ...team }) => ({ ...team, members: _count.memberships }));
    return { teams, next: found.length > limit ? (teams.at(-1)?.name ?? null) : null };
  });
