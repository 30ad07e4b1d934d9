import "server-only";

import type { EntraSignInRequest } from "@/lib/auth/next-auth";
import { asSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";

import { openSession } from "./open-session";

/**
 * Opens a session for whom Entra ID proved, when they are a user here by one of the addresses their tenant stands for, and gives
 * its id. Nobody is made a user by this. Throws `forbidden` with one text for who is unknown and who was disabled.
 */
export const signInWithEntra = async (
  { addresses, objectId, ...request }: EntraSignInRequest,
  now: Date = new Date(),
): Promise<string> => {
  const user = await findUser(addresses);
  if (!user || user.disabledAt) {
    const { address } = request;
    logger.warn(
      { address, objectId, userId: user?.id, isDisabled: Boolean(user?.disabledAt) },
      "Sign-in refused",
    );
    throw new AppError(
      "forbidden",
      "This Microsoft account is no user here. Ask an owner of your team for an invitation.",
    );
  }
  return openSession({ user, how: "entra", request }, now);
};

/** By the first of the addresses that is a user's. */
const findUser = async (addresses: readonly string[]) => {
  const users = await asSystem("sign-in", (tx) =>
    tx.user.findMany({
      where: { email: { in: [...addresses] } },
      select: { id: true, name: true, email: true, disabledAt: true },
    }),
  );
  return addresses.flatMap((address) => users.filter(({ email }) => email === address))[0] ?? null;
};
