import "server-only";

import type { Tx } from "@/lib/db/client";
import { storedOverridesSchema, type CloudOverrides } from "@/lib/domain/connector/cloud-addresses";

/** The setting that holds what administrators gave in place of Microsoft's addresses. */
export const OVERRIDES_KEY = "clouds";

/** The addresses that administrators set, by cloud. Throws for a stored one that is not as it was checked. */
export const readOverrides = async (tx: Tx): Promise<CloudOverrides> => {
  const row = await tx.setting.findUnique({ where: { key: OVERRIDES_KEY }, select: { value: true } });
  return storedOverridesSchema.parse(row?.value ?? {});
};
