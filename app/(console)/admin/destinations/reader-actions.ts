"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineAction } from "@/lib/actions/action";
import { issueWords } from "@/lib/actions/issue-words";
import { readerInputSchema } from "@/lib/domain/connector/reader-input";
import { removeReader } from "@/lib/services/connectors/remove-reader";
import { setReader } from "@/lib/services/connectors/set-reader";

import { credentialForm, readEntered } from "../../t/[team]/connectors/credential-form";
import { refused, refusedByService } from "../../t/[team]/connectors/refused";

const PAGE = "/admin/destinations";

/** Gives a tenant an application that reads it for all teams, once that was tried. */
export const setReaderAction = defineAction({
  permission: "admin.system",
  schema: z.object({ id: z.uuid(), clientId: z.string(), ...credentialForm }),
  run: async ({ actor, input: { id, clientId, ...entered } }) => {
    const described = { clientId, ...(await readEntered(entered)) };
    const parsed = readerInputSchema.safeParse(described, { error: issueWords });
    if (!parsed.success) return refused(parsed.error.issues);
    try {
      await setReader(actor, id, parsed.data);
    } catch (error) {
      return refusedByService(error);
    }
    revalidatePath(PAGE);
    return { status: "done", message: "Saved: it read the tenant." };
  },
});

/** Takes that application away. */
export const removeReaderAction = defineAction({
  permission: "admin.system",
  schema: z.strictObject({ id: z.uuid() }),
  run: async ({ actor, input: { id } }) => {
    await removeReader(actor, id);
    revalidatePath(PAGE);
    return { status: "done", message: "Removed, and its secret is forgotten." };
  },
});
