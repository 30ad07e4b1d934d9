import "server-only";

import { asSystem } from "@/lib/db/scope";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { bumpScreening } from "./bump-screening";
import { openBundled, PRODUCT_LISTS } from "./open-bundled";

/**
 * Has all teams' values screened anew when this version of the product comes with other lists than the one before. Called
 * once when a worker starts, so that old and new workers beside each other do not take turns.
 */
export const followProductLists = async (): Promise<{ hasChanged: boolean }> => {
  const { digest: value } = await openBundled();
  const hasChanged = await asSystem("scheduling", async (tx) => {
    const before = await tx.setting.findUnique({ where: { key: PRODUCT_LISTS }, select: { value: true } });
    if (before?.value === value) return false;
    await tx.setting.upsert({
      where: { key: PRODUCT_LISTS },
      create: { key: PRODUCT_LISTS, value },
      update: { value },
    });
    await bumpScreening(tx, null);
    return true;
  });
  if (hasChanged) await relayOutbox();
  return { hasChanged };
};
