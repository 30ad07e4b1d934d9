import "server-only";

import { brokenConstraint } from "@/lib/db/errors";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { AllowlistPatch } from "@/lib/domain/screening/allowlist-input";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { ALLOWLIST_SELECT, toAllowlistView, type AllowlistView } from "./allowlist-view";
import { bumpScreening } from "./bump-screening";
import { nameTaken } from "./create-allowlist";
import { asListOwner, holdList } from "./write-scope";

/** Changes a list's name or effect; what stands under it is screened anew. Throws `conflict` for a name that is taken. */
export const updateAllowlist = async (
  actor: Actor,
  list: AllowlistView,
  patch: AllowlistPatch,
): Promise<AllowlistView> => {
  const data = {
    ...(patch.name !== undefined && { name: patch.name }),
    ...(patch.effect !== undefined && { effect: patch.effect }),
  };
  const view = await asListOwner(actor, list.teamId, async (tx) => {
    await holdList(tx, list);
    const updated = await tx.allowlist.update({ where: { id: list.id }, data, select: ALLOWLIST_SELECT });
    await recordAudit(tx, {
      teamId: list.teamId,
      doer: asDoer(actor),
      action: "allowlist.update",
      subject: { type: "allowlist", id: list.id },
      detail: {
        before: { name: list.name, effect: list.effect },
        after: { name: updated.name, effect: updated.effect },
      },
    });
    await bumpScreening(tx, list.teamId);
    return toAllowlistView(updated);
  }).catch((cause: unknown) => {
    throw brokenConstraint(cause) === null ? cause : nameTaken(patch.name ?? list.name, cause);
  });
  await relayOutbox();
  return view;
};

/** Takes a list out with all its entries; what only it kept in is restored. */
export const deleteAllowlist = async (actor: Actor, list: AllowlistView): Promise<void> => {
  await asListOwner(actor, list.teamId, async (tx) => {
    await holdList(tx, list);
    const entries = await tx.allowlistEntry.count({ where: { allowlistId: list.id } });
    await tx.allowlist.update({
      where: { id: list.id },
      data: { deletedAt: new Date() },
      select: { id: true },
    });
    await recordAudit(tx, {
      teamId: list.teamId,
      doer: asDoer(actor),
      action: "allowlist.delete",
      subject: { type: "allowlist", id: list.id },
      detail: { name: list.name, entries },
    });
    await bumpScreening(tx, list.teamId);
  });
  await relayOutbox();
};
