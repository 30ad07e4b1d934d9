import "server-only";

import { requireInTeam } from "@/lib/auth/require";
import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { Role } from "@/lib/domain/access/permissions";

export type MemberRow = {
  userId: string;
  name: string;
  email: string;
  role: Role;
  isAdministrator: boolean;
  joinedAt: Date;
  lastSignInAt: Date | null;
  disabledAt: Date | null;
};

type Options = {
  limit: number;
  /** E-mails after this one. */
  after?: string | undefined;
};

/** A team's members by e-mail. `next` is where to go on. */
export const listMembers = async (
  actor: Actor,
  teamId: string,
  { limit, after }: Options,
): Promise<{ members: MemberRow[]; next: string | null }> => {
  requireInTeam(actor, "team.read", teamId);
  return asTeam(teamId, async (tx) => {
    const found = await tx.membership.findMany({
      where: { teamId, ...(after !== undefined && { user: { email: { gt: after } } }) },
      select: { role: true, createdAt: true, user: { select: MEMBER } },
      orderBy: { user: { email: "asc" } },
      take: limit + 1,
    });
    const members = found.slice(0, limit).map(({ role, createdAt, user: { id, ...user } }) => ({
      userId: id,
      ...user,
      role,
      joinedAt: createdAt,
    }));
    return { members, next: found.length > limit ? (members.at(-1)?.email ?? null) : null };
  });
};

const MEMBER = {
  id: true,
  name: true,
  email: true,
  isAdministrator: true,
  lastSignInAt: true,
  disabledAt: true,
} as const;
