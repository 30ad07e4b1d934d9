import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { ALLOWLIST_SELECT, toAllowlistView, type AllowlistView } from "./allowlist-view";

/** A list of one of the actor's teams or of the installation. A foreign one and an unknown one are both `not_found`. */
export const getAllowlist = async (actor: Actor, id: string): Promise<AllowlistView> => {
  const list = await asActor(actor, (tx) =>
    tx.allowlist.findFirst({ where: { id, deletedAt: null }, select: ALLOWLIST_SELECT }),
  );
  if (!list) throw new AppError("not_found", "There is no such allowlist.");
  return toAllowlistView(list);
};
