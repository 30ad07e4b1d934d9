import "server-only";

import { cookies } from "next/headers";
import { cache } from "react";

import type { Actor } from "@/lib/domain/access/actor";

import { findActorBySession } from "./find-actor";
import { readSessionCookie, sessionCookieName } from "./session-cookie";

/** Who is signed in, or null. Asked of the database once per request, however often it is called. */
export const currentActor: () => Promise<Actor | null> = cache(async () => {
  const cookie = (await cookies()).get(sessionCookieName())?.value;
  const sessionId = await readSessionCookie(cookie);
  return sessionId === null ? null : findActorBySession(sessionId);
});
