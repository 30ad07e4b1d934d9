import "server-only";

import { createHash } from "node:crypto";

import { AppError } from "@/lib/domain/errors";

import { senderOf } from "./client-address";
import { canonicalEmail } from "./email";
import { openLimiter } from "./rate-limiter";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

// NIST SP 800-63B wants a limit on failed attempts by account whatever their address; 50 a day, at one an hour once they
// are used up, keeps the count below its 100 without locking anybody out for long.
const account = openLimiter({
  name: "sign-in/account",
  points: 5,
  durationSeconds: 15 * MINUTE,
  blockSeconds: 5 * MINUTE,
});
const accountDay = openLimiter({
  name: "sign-in/day",
  points: 50,
  durationSeconds: 24 * HOUR,
  blockSeconds: HOUR,
});
const sender = openLimiter({
  name: "sign-in/address",
  points: 30,
  durationSeconds: 15 * MINUTE,
  blockSeconds: 15 * MINUTE,
});

export type Attempt = { email: string; address: string };

/**
 * Counts one attempt to prove a password, before it is checked, so that attempts sent at once are counted too. Throws
 * `throttled` with `retryAfterSeconds` and `isFirstRefusal` in its context; a store that does not answer refuses as well.
 */
export const countAttempt = async ({ email, address }: Attempt): Promise<void> => {
  const key = accountKey(email);
  for (const take of [
    () => sender.take(senderOf(address)),
    () => account.take(key),
    () => accountDay.take(key),
  ]) {
    const { ok, waitSeconds, isFirstRefusal } = await take();
    if (!ok) {
      throw new AppError("throttled", `Too many attempts. Try again in ${inWords(waitSeconds)}.`, {
        retry: "later",
        context: { retryAfterSeconds: waitSeconds, isFirstRefusal },
      });
    }
  }
};

/** Forgets an account's failures once its password was proved; the address gets its point back, not a clean slate. */
export const forgetAttempts = async ({ email, address }: Attempt): Promise<void> => {
  const key = accountKey(email);
  await Promise.all([account.forget(key), accountDay.forget(key), sender.giveBack(senderOf(address))]);
};

/** "1 minute", "4 minutes", "2 hours": rounded up, since trying too early only prolongs the wait. */
const inWords = (seconds: number): string => {
  const minutes = Math.ceil(seconds / MINUTE);
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${String(minutes)} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours === 1 ? "1 hour" : `${String(hours)} hours`;
};

// Hashed, so that what people type there by mistake, passwords included, is not stored.
const accountKey = (email: string): string =>
  createHash("sha256").update(canonicalEmail(email)).digest("base64url");
