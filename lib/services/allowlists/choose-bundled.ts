import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { listBundled } from "@/lib/domain/screening/bundled";
import type { BundledEffect } from "@/lib/domain/screening/allowlist-input";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { bumpScreening } from "./bump-screening";

type Choice = { list: string; effect: BundledEffect; reason: string };

/** Sets what a list that comes with the product does in a team. Throws `not_found` for a list that does not come with it. */
export const chooseBundled = async (
  actor: Actor,
  teamId: string,
  { list, effect, reason }: Choice,
): Promise<void> => {
  const facts = listBundled().find(({ id }) => id === list);
  if (!facts) throw new AppError("not_found", "No such list comes with the product.");
  await asTeam(teamId, async (tx) => {
    const before = await tx.bundledChoice.findUnique({
      where: { teamId_list: { teamId, list } },
      select: { effect: true },
    });
    const data = {
      effect,
      reason,
      decidedAt: new Date(),
      decidedBy: actor.userId,
      decidedByName: actor.name,
    };
    await tx.bundledChoice.upsert({
      where: { teamId_list: { teamId, list } },
      create: { teamId, list, ...data },
      update: data,
    });
    await recordAudit(tx, {
      teamId,
      doer: asDoer(actor),
      action: "allowlist.choose",
      subject: { type: "allowlist", id: `bundled:${list}` },
      detail: { list: facts.name, before: before?.effect ?? facts.defaultEffect, after: effect, reason },
    });
    await bumpScreening(tx, teamId);
  });
  await relayOutbox();
};
