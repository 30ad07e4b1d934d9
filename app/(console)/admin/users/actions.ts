"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineAction } from "@/lib/actions/action";
import { resetPassword, updateUser } from "@/lib/services/people/users";

const ofUser = { userId: z.uuid() };

/** Disables a user, who is signed out at once, or lets them in again. */
export const setDisabledAction = defineAction({
  permission: "admin.users",
  schema: z.strictObject({
    ...ofUser,
    disabled: z.enum(["true", "false"]).transform((text) => text === "true"),
  }),
  run: async ({ actor, input }) => {
    await updateUser(actor, input.userId, { disabled: input.disabled });
    revalidatePath("/admin/users");
    return { status: "done", message: input.disabled ? "Disabled and signed out." : "May sign in again." };
  },
});

/** Makes a one-time password; it stands only in this answer. */
export const resetPasswordAction = defineAction({
  permission: "admin.users",
  schema: z.strictObject(ofUser),
  run: async ({ actor, input }) => {
    const { oneTimePassword } = await resetPassword(actor, input.userId);
    return { status: "done", message: "To be changed at the next sign-in.", data: oneTimePassword };
  },
});
