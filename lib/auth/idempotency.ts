import "server-only";

import { asSystem } from "@/lib/db/scope";

/** How long the answer to a key is kept. */
const IDEMPOTENCY_KEEP_MS = 24 * 3_600_000;
/** A request that has not been answered by then died with its process; its key may be taken over. */
const ABANDONED_AFTER_MS = 5 * 60_000;

export type OnceKey = { userId: string; key: string; route: string; requestHash: Uint8Array<ArrayBuffer> };

export type Claim =
  | { kind: "first" }
  /** `body` is the first answer's text; null when it held a secret that is shown once, and so was not kept. */
  | { kind: "answered"; status: number; body: string | null }
  | { kind: "in-progress" }
  /** The key was used for another request. */
  | { kind: "other-request" };

/** Takes a key for one request, or says what became of the one that took it before. Safe for requests sent at once. */
export const claimOnce = (
  { userId, key, route, requestHash }: OnceKey,
  now: Date = new Date(),
): Promise<Claim> =>
  asSystem("operations", async (tx) => {
    const abandonedAt = new Date(now.getTime() - ABANDONED_AFTER_MS);
    const expiredAt = new Date(now.getTime() - IDEMPOTENCY_KEEP_MS);
    const taken = await tx.$executeRaw`
      INSERT INTO idempotency_key (user_id, key, route, request_hash, created_at)
      VALUES (${userId}::uuid, ${key}, ${route}, ${requestHash}, ${now})
      ON CONFLICT (user_id, key) DO UPDATE
        SET route = excluded.route, request_hash = excluded.request_hash, created_at = excluded.created_at,
            status = NULL, response = NULL
        WHERE idempotency_key.created_at < ${expiredAt}
           OR (idempotency_key.status IS NULL AND idempotency_key.created_at < ${abandonedAt})`;
    if (taken === 1) return { kind: "first" };

    const kept = await tx.idempotencyKey.findUnique({
      where: { userId_key: { userId, key } },
      select: { route: true, requestHash: true, status: true, response: true },
    });
    // Given back between the two statements: the client's next attempt is the first.
    if (!kept) return { kind: "in-progress" };
    if (kept.route !== route || !Buffer.from(kept.requestHash).equals(requestHash))
      return { kind: "other-request" };
    if (kept.status === null) return { kind: "in-progress" };
    return {
      kind: "answered",
      status: kept.status,
      body: typeof kept.response === "string" ? kept.response : null,
    };
  });

/** Keeps the answer to a claimed key as the very text that was sent; a `body` of null for one that holds a secret. */
export const keepAnswer = async (
  { userId, key }: OnceKey,
  { status, body }: { status: number; body: string | null },
): Promise<void> => {
  await asSystem("operations", (tx) =>
    tx.idempotencyKey.updateMany({
      where: { userId, key },
      data: { status, ...(body !== null && { response: body }) },
    }),
  );
};

/** Gives a claimed key back after a failure, so that the request can be tried again. */
export const giveBack = async ({ userId, key }: OnceKey): Promise<void> => {
  await asSystem("operations", (tx) =>
    tx.idempotencyKey.deleteMany({ where: { userId, key, status: null } }),
  );
};
