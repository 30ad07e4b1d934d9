import "server-only";

import { createHash } from "node:crypto";

import { claimOnce, giveBack, keepAnswer, type OnceKey } from "@/lib/auth/idempotency";

import { ProblemError } from "./problem";

const KEY = /^[\x21-\x7e]{1,255}$/;

type Once = {
  userId: string;
  request: Request;
  /** Method and path of the route. */
  route: string;
  body: Buffer;
  /** The answer holds a secret: what was done is remembered, the answer is not. */
  isSecret: boolean;
};

type Answer = { status: number; body: string | null };

/**
 * Carries a request out once for its `Idempotency-Key`: sent again, it gets the first answer. Without the header it is
 * simply carried out. A failed request leaves the key free.
 */
export const once = async (
  { userId, request, route, body, isSecret }: Once,
  carryOut: () => Promise<Answer>,
): Promise<Answer> => {
  const key = request.headers.get("idempotency-key");
  if (key === null) return carryOut();
  if (!KEY.test(key)) {
    throw new ProblemError(
      "invalid-request",
      "An Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.",
    );
  }

  const claimed: OnceKey = { userId, key, route, requestHash: hashRequest(request, body) };
  const claim = await claimOnce(claimed);
  switch (claim.kind) {
    case "first":
      return carryOutFirst(claimed, isSecret, carryOut);
    case "answered":
      return replay(claim, isSecret);
    case "in-progress":
      throw new ProblemError(
        "conflict",
        "A request with this Idempotency-Key is still being carried out. Ask again in a moment.",
        { headers: { "retry-after": "2" } },
      );
    case "other-request":
      throw new ProblemError(
        "idempotency-key-reused",
        "This Idempotency-Key was sent with another request in the last 24 hours. Use a new one.",
      );
  }
};

const carryOutFirst = async (
  claimed: OnceKey,
  isSecret: boolean,
  carryOut: () => Promise<Answer>,
): Promise<Answer> => {
  let answer: Answer;
  try {
    answer = await carryOut();
  } catch (error) {
    await giveBack(claimed);
    throw error;
  }
  await keepAnswer(claimed, { status: answer.status, body: isSecret ? null : (answer.body ?? "") });
  return answer;
};

const replay = ({ status, body }: Answer, isSecret: boolean): Answer => {
  if (isSecret || body === null) {
    throw new ProblemError(
      "conflict",
      "This was already carried out. Its answer held a secret that is shown once; if it was lost, make a new one.",
    );
  }
  return { status, body: body === "" ? null : body };
};

const hashRequest = (request: Request, body: Buffer): Uint8Array<ArrayBuffer> => {
  const { pathname, search } = new URL(request.url);
  return new Uint8Array(
    createHash("sha256").update(`${request.method} ${pathname}${search}\n`).update(body).digest(),
  );
};
