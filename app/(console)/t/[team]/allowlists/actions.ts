"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import type { AddedEntries, CheckedEntries } from "@/components/allowlists/entry-answers";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { blankAsUndefined } from "@/lib/actions/fields";
import { defineTeamAction } from "@/lib/actions/action";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { EFFECTS } from "@/lib/domain/screening/allowlist";
import {
  allowlistCreateSchema,
  bundledChoiceSchema,
  entriesCreateSchema,
  entryCreateSchema,
  entryValueSchema,
} from "@/lib/domain/screening/allowlist-input";
import { unknown } from "@/lib/auth/require";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import { checkEntries } from "@/lib/services/allowlists/check-entries";
import { chooseBundled } from "@/lib/services/allowlists/choose-bundled";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import { removeEntry } from "@/lib/services/allowlists/entries";
import { getAllowlist } from "@/lib/services/allowlists/get-allowlist";
import { deleteAllowlist, updateAllowlist } from "@/lib/services/allowlists/update-allowlist";

/** The team's own list, or one of the installation, which its service lets administrators change alone. */
const openList = async (actor: Actor, team: TeamAccess, listId: string) => {
  const list = await getAllowlist(actor, listId);
  if (list.teamId !== null && list.teamId !== team.id) throw unknown("allowlist");
  return list;
};

const refresh = (team: TeamAccess): void => {
  revalidatePath(`/t/${team.slug}`, "layout");
};

/** Makes an empty list and opens it. */
export const createAllowlistAction = defineTeamAction({
  permission: "allowlist.write",
  schema: allowlistCreateSchema.extend({ team: z.string() }),
  run: async ({ actor, team, input: { name, match, effect } }) => {
    const list = await createAllowlist(actor, team.id, { name, match, effect });
    refresh(team);
    redirect(`/t/${team.slug}/allowlists/${list.id}`);
  },
});

/** Changes what a list does to what is on it. */
export const setEffectAction = defineTeamAction({
  permission: "allowlist.write",
  schema: z.object({ team: z.string(), listId: z.uuid(), effect: z.enum(EFFECTS) }),
  run: async ({ actor, team, input: { listId, effect } }) => {
    await updateAllowlist(actor, await openList(actor, team, listId), { effect });
    refresh(team);
    return { status: "done", message: "Saved. What the list meets is screened anew now." };
  },
});

/** Takes a list out with its entries. */
export const deleteAllowlistAction = defineTeamAction({
  permission: "allowlist.write",
  schema: z.object({ team: z.string(), listId: z.uuid() }),
  run: async ({ actor, team, input: { listId } }) => {
    await deleteAllowlist(actor, await openList(actor, team, listId));
    refresh(team);
    redirect(`/t/${team.slug}/allowlists`);
  },
});

const MAX_CHARACTERS = 500_000;

const linesSchema = z
  .string()
  .max(MAX_CHARACTERS, `At most ${formatNumber(MAX_CHARACTERS)} characters at once.`)
  .transform((text) => text.split(/\r\n?|\n/).map((line) => line.trim()))
  .transform((lines) => lines.filter((line) => line !== ""))
  .pipe(entriesCreateSchema.shape.values);

/** Says what entries would withdraw. It saves nothing. */
export const checkEntriesAction = defineTeamAction({
  permission: "allowlist.write",
  schema: z.object({ team: z.string(), listId: z.uuid(), values: linesSchema }),
  run: async ({ actor, team, input: { listId, values } }) => {
    const data: CheckedEntries = await checkEntries(actor, await openList(actor, team, listId), values);
    return {
      status: "done",
      message: `${data.isPartial ? "At least " : ""}${formatCount(data.matched, "indicator")} would come under the list.`,
      data,
    };
  },
});

/** Adds entries, one a line, each judged by itself. */
export const addEntriesAction = defineTeamAction({
  permission: "allowlist.write",
  schema: z.object({
    team: z.string(),
    listId: z.uuid(),
    values: linesSchema,
    comment: entryCreateSchema.shape.comment,
    until: blankAsUndefined(z.iso.date().optional()),
  }),
  run: async ({ actor, team, input: { listId, values, comment, until } }) => {
    const list = await openList(actor, team, listId);
    const end = until === undefined ? null : `${until}T23:59:59.000Z`;
    const results = await addEntries(
      actor,
      list,
      values.map((value) => ({ value, comment, until: end })),
    );
    refresh(team);
    const added = results.filter(({ outcome }) => outcome === "added" || outcome === "changed").length;
    const data: AddedEntries = { results };
    return {
      status: "done",
      message: `${formatNumber(added)} of ${formatCount(results.length, "entry", "entries")} added.${added > 0 ? " What they meet is screened anew now." : ""}`,
      data,
    };
  },
});

/** Takes an entry out. */
export const removeEntryAction = defineTeamAction({
  permission: "allowlist.write",
  schema: z.object({ team: z.string(), listId: z.uuid(), value: entryValueSchema }),
  run: async ({ actor, team, input: { listId, value } }) => {
    await removeEntry(actor, await openList(actor, team, listId), value);
    refresh(team);
    return { status: "done", message: "Taken out. What only it kept in is restored." };
  },
});

/** Sets what a list that comes with the product does in the team. */
export const chooseBundledAction = defineTeamAction({
  permission: "allowlist.write",
  schema: bundledChoiceSchema.extend({ list: z.string().max(100) }),
  run: async ({ actor, team, input: { list, effect, reason } }) => {
    await chooseBundled(actor, team.id, { list, effect, reason });
    refresh(team);
    return { status: "done", message: "Saved. All of the team’s values are screened anew now." };
  },
});
