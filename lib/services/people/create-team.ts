import "server-only";

import type { Tx } from "@/lib/db/client";
import { brokenConstraint } from "@/lib/db/errors";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { TEAM_ROW, type TeamRow } from "./list-teams";
import { requireAdministrator } from "./privilege";
import { freeSlug, toSlug } from "./slug";

type Input = { name: string; slug?: string | undefined };

/** Makes a team; its slug comes from its name unless given. `conflict` when name or slug is taken. Administrators only. */
export const createTeam = async (actor: Actor, { name, slug }: Input): Promise<TeamRow> => {
  requireAdministrator(actor, "admin.teams");
  return namingConflict(() =>
    asSystem("administration", async (tx) => {
      await refuseTakenName(tx, name, null);
      const team = await tx.team.create({
        data: { name, slug: slug ?? (await inventSlug(tx, name)) },
        select: TEAM_ROW,
      });
      await recordAudit(tx, {
        teamId: team.id,
        doer: asDoer(actor),
        action: "team.create",
        subject: { type: "team", id: team.id },
        detail: { name, slug: team.slug },
      });
      return { ...team, members: 0 };
    }),
  );
};

/** Names that differ only in case would be one name to a reader of a record. */
export const refuseTakenName = async (tx: Tx, name: string, ownId: string | null): Promise<void> => {
  const other = await tx.team.findFirst({
    where: { name: { equals: name, mode: "insensitive" }, ...(ownId !== null && { id: { not: ownId } }) },
    select: { name: true },
  });
  if (other) throw taken("name", `There is already a team named ${other.name}.`);
};

/** Turns the database's refusal of a name or slug taken meanwhile into the sentence that says so. */
export const namingConflict = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    const constraint = brokenConstraint(error);
    if (constraint === null) throw error;
    throw constraint.includes("slug")
      ? taken("slug", "Another team has this slug.")
      : taken("name", "There is already a team of that name.");
  }
};

const taken = (field: "name" | "slug", detail: string): AppError =>
  new AppError("conflict", detail, { fields: [{ pointer: `/${field}`, detail }] });

const inventSlug = async (tx: Tx, name: string): Promise<string> => {
  const slug = toSlug(name) || "team";
  const similar = await tx.team.findMany({ where: { slug: { startsWith: slug } }, select: { slug: true } });
  return freeSlug(slug, new Set(similar.map((team) => team.slug)));
};
