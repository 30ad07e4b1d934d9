"use server";

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";

import { inWords, parseThen } from "@/lib/actions/action";
import type { ActionState } from "@/lib/actions/state";
import { clientAddress } from "@/lib/auth/client-address";
import { currentActor } from "@/lib/auth/current-actor";
import { cookieOptions, makeSessionCookie, sessionCookieName } from "@/lib/auth/session-cookie";
import { AppError } from "@/lib/domain/errors";
import { acceptAsNewUser, acceptAsUser } from "@/lib/services/people/accept-invitation";
import { openSession } from "@/lib/services/people/open-session";
import { personNameSchema } from "@/lib/services/people/schemas";
import { signOut } from "@/lib/services/people/sessions";

// The secret in the link is what permits these three; no session and no role can.

const tokenSchema = z.string().min(1).max(100);
const acceptSchema = z.object({
  token: tokenSchema,
  name: personNameSchema,
  password: z.string().min(1, "Choose a password.").max(400, "This is too long."),
});

/** Makes the invited person's account, signs them in and opens their team. */
export const acceptAction = async (_previous: ActionState, form: FormData): Promise<ActionState> =>
  inWords(() =>
    parseThen(acceptSchema, form, async ({ token, name, password }) => {
      const { user, teamSlug } = await acceptAsNewUser({ secret: token, name, password });
      const sent = await headers();
      const request = {
        address: clientAddress(sent),
        userAgent: sent.get("user-agent"),
        previousSessionId: null,
      };
      const sessionId = await openSession({ user, how: "invitation", request });
      (await cookies()).set(await makeSessionCookie(sessionId));
      redirect(`/t/${teamSlug}/overview`);
    }),
  );

/** Adds the team to the signed-in user's account. */
export const joinAction = async (_previous: ActionState, form: FormData): Promise<ActionState> =>
  inWords(() =>
    parseThen(z.object({ token: tokenSchema }), form, async ({ token }) => {
      const actor = await currentActor();
      if (!actor) throw new AppError("unauthenticated", "You are signed out. Sign in and try again.");
      if (actor.mustChangePassword)
        throw new AppError("forbidden", "Your password is a temporary one. Change it first.");
      const { teamSlug } = await acceptAsUser(actor, token);
      redirect(`/t/${teamSlug}/overview`);
    }),
  );

/** Signs the present user out and comes back to the invitation. */
export const leaveForInvitationAction = async (form: FormData): Promise<void> => {
  const token = tokenSchema.safeParse(form.get("token"));
  const actor = await currentActor();
  if (actor?.via.kind === "session") await signOut(actor.via.sessionId);
  (await cookies()).delete({ name: sessionCookieName(), ...cookieOptions() });
  redirect(token.success ? `/invite/${encodeURIComponent(token.data)}` : "/sign-in");
};
