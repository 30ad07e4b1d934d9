"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";

import { inWords, parseThen } from "@/lib/actions/action";
import type { ActionState } from "@/lib/actions/state";
import { clientAddress } from "@/lib/auth/client-address";
import { currentActor } from "@/lib/auth/current-actor";
import { safeReturnTo } from "@/lib/auth/return-to";
import { AppError } from "@/lib/domain/errors";
import { changePassword } from "@/lib/services/people/change-password";

const MAX_CHARACTERS = 400;
const passwordSchema = z.string().max(MAX_CHARACTERS, "This is too long.");

const formSchema = z
  .strictObject({
    current: passwordSchema.min(1, "Enter the password you signed in with."),
    next: passwordSchema.min(1, "Enter a new password."),
    repeated: passwordSchema,
    returnTo: z.string().optional(),
  })
  .refine(({ next, repeated }) => next === repeated, {
    path: ["repeated"],
    message: "The two new passwords differ.",
  });

/**
 * Changes the signed-in user's own password. Not made by `defineAction`: this is the one thing that a temporary password
 * may do, and it needs no permission in any team.
 */
export const changePasswordAction = async (_previous: ActionState, form: FormData): Promise<ActionState> =>
  inWords(async () => {
    const actor = await currentActor();
    if (!actor) throw new AppError("unauthenticated", "You are signed out. Sign in and try again.");
    return parseThen(formSchema, form, async ({ current, next, returnTo }) => {
      await changePassword(actor, { current, next, address: clientAddress(await headers()) });
      redirect(safeReturnTo(returnTo));
    });
  });
