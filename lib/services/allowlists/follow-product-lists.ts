import "server-only";

import { createHash } from "node:crypto";

import { asSystem } from "@/lib/db/scope";
import { listBundled, loadBundledEntries } from "@/lib/domain/screening/bundled";
import { VENDOR_DATA } from "@/lib/domain/screening/vendor-names";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { bumpScreening } from "./bump-screening";

const KEY = "screening.product-lists";
/** To be raised when the rules of what is built in change without a change of their data. */
const RULES = 1;

/**
 * Has all teams' values screened anew when this version of the product comes with other lists than the one before. Called
 * once when a worker starts, so that old and new workers beside each other do not take turns.
 */
export const followProductLists = async (): Promise<{ hasChanged: boolean }> => {
  const value = await digestLists();
  const hasChanged = await asSystem("scheduling", async (tx) => {
    const before = await tx.setting.findUnique({ where: { key: KEY }, select: { value: true } });
    if (before?.value === value) return false;
    await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } });
    await bumpScreening(tx, null);
    return true;
  });
  if (hasChanged) await relayOutbox();
  return { hasChanged };
};

const digestLists = async (): Promise<string> => {
  const digest = createHash("sha256").update(JSON.stringify([RULES, VENDOR_DATA, listBundled()]));
  for (const { id } of listBundled()) digest.update(JSON.stringify(await loadBundledEntries(id)));
  return digest.digest("hex");
};
