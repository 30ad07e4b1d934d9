"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineAction } from "@/lib/actions/action";
import { listOf } from "@/lib/actions/fields";
import { createApiToken, scopeSchema, tokenInputSchema } from "@/lib/services/people/create-api-token";
import { revokeSession } from "@/lib/services/people/sessions";
import { revokeToken } from "@/lib/services/people/tokens";

/** Makes an API token of the signed-in user; it stands only in this answer. */
export const createTokenAction = defineAction({
  permission: "token.write",
  schema: tokenInputSchema.extend({
    scopes: listOf(scopeSchema).pipe(tokenInputSchema.shape.scopes),
  }),
  run: async ({ actor, input }) => {
    const { token, name } = await createApiToken(actor, input);
    revalidatePath("/account");
    return { status: "done", message: `The token “${name}” is made.`, data: token };
  },
});

/** Ends an own token at once. */
export const revokeTokenAction = defineAction({
  permission: "token.write",
  schema: z.strictObject({ id: z.uuid() }),
  run: async ({ actor, input }) => {
    await revokeToken(actor, input.id);
    revalidatePath("/account");
    return { status: "done", message: "The token no longer opens anything." };
  },
});

/** Ends an own session at once. */
export const revokeSessionAction = defineAction({
  permission: "token.write",
  schema: z.strictObject({ id: z.uuid() }),
  run: async ({ actor, input }) => {
    await revokeSession(actor, input.id);
    revalidatePath("/account");
    return { status: "done", message: "That session has ended." };
  },
});
