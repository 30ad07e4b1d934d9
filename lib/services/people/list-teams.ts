import "server-only";

import { z } from "zod";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { decodeCursor, encodeCursor } from "@/lib/domain/cursor";

type Options = { limit: number; cursor?: string | undefined };
export type TeamRow = { id: string; slug: string; name: string; createdAt: Date };

/** A page of the actor's teams by name; an administrator has them all. */
export const listTeams = (
  actor: Actor,
  { limit, cursor }: Options,
): Promise<{ data: TeamRow[]; nextCursor: string | null }> =>
  asActor(actor, async (tx) => {
    const after = decodeCursor(nameSchema, cursor);
    const found = await tx.team.findMany({
      where: {
        id: { in: actor.teams.map(({ id }) => id) },
        archivedAt: null,
        ...(after !== undefined && { name: { gt: after } }),
      },
      select: { id: true, slug: true, name: true, createdAt: true },
      orderBy: { name: "asc" },
      take: limit + 1,
    });
    const data = found.slice(0, limit);
    const last = data.at(-1);
    return { data, nextCursor: found.length > limit && last ? encodeCursor(last.name) : null };
  });

const nameSchema = z.string();
