import "server-only";

import { hash } from "node:crypto";

import { shareText, type Share } from "@/lib/domain/selection/share";

/**
 * Tells whether what was refused would be sent there once more, hexadecimal. Its end has no part in it: that moves with the day on
 * which it is planned.
 */
export const refusedHash = (destinationId: string, share: Share): string =>
  hash("sha256", `${destinationId}\n${shareText({ ...share, expiresAt: new Date(0) })}`, "hex");
