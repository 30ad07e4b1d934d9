import "server-only";

import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { Role } from "@/lib/domain/access/permissions";

import { requireAdministrator } from "./privilege";

export type UserRow = {
  id: string;
  email: string;
  name: string;
  isAdministrator: boolean;
  createdAt: Date;
  lastSignInAt: Date | null;
  disabledAt: Date | null;
  teams: { slug: string; name: string; role: Role }[];
};

type Options = {
  limit: number;
  /** E-mails after this one. */
  after?: string | undefined;
  /** Part of the name or e-mail. */
  search?: string | undefined;
};

/** All users by e-mail, with their teams. Administrators only. `next` is where to go on. */
export const listUsers = async (
  actor: Actor,
  { limit, after, search }: Options,
): Promise<{ users: UserRow[]; next: string | null }> => {
  requireAdministrator(actor, "admin.users");
  return asSystem("administration", async (tx) => {
    const found = await tx.user.findMany({
      where: {
        ...(after !== undefined && { email: { gt: after } }),
        ...(search && {
          OR: [
            { email: { contains: search, mode: "insensitive" } },
            { name: { contains: search, mode: "insensitive" } },
          ],
        }),
      },
      select: {
        id: true,
        email: true,
        name: true,
        isAdministrator: true,
        createdAt: true,
        lastSignInAt: true,
        disabledAt: true,
        memberships: {
          where: { team: { archivedAt: null } },
          select: { role: true, team: { select: { slug: true, name: true } } },
          orderBy: { team: { name: "asc" } },
        },
      },
      orderBy: { email: "asc" },
      take: limit + 1,
    });
    const users = found.slice(0, limit).map(({ memberships, ...user }) => ({
      ...user,
      teams: memberships.map(({ role, team }) => ({ ...team, role })),
    }));
    return { users, next: found.length > limit ? (users.at(-1)?.email ?? null) : null };
  });
};
