"use server";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";

import { currentActor } from "@/lib/auth/current-actor";
import { cookieOptions, sessionCookieName } from "@/lib/auth/session-cookie";
import { signOut } from "@/lib/services/people/sessions";

/** Ends the session on the server, then forgets its cookie. Whoever is signed out already ends at the same page. */
export const signOutAction = async (): Promise<void> => {
  const actor = await currentActor();
  if (actor?.via.kind === "session") await signOut(actor.via.sessionId);
  (await cookies()).delete({ name: sessionCookieName(), ...cookieOptions() });
  redirect("/sign-in");
};
