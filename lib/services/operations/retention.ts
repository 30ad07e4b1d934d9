import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { retentionSchema, type Retention, type RetentionPatch } from "@/lib/domain/feed/retention";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { requireAdministrator } from "@/lib/services/people/privilege";

const KEY = "retention";

/** How long what feeds brought is kept: what an administrator set, else the defaults. */
export const readRetention = async (tx: Tx): Promise<Retention> => {
  const row = await tx.setting.findUnique({ where: { key: KEY }, select: { value: true } });
  return retentionSchema.parse(row?.value ?? {});
};

/** As `readRetention`, for an administrator to look at. */
export const getRetention = (actor: Actor): Promise<Retention> => {
  requireAdministrator(actor, "admin.system");
  return asSystem("administration", readRetention);
};

/** Changes how long things are kept; only the fields given. What is over then goes with the next turns of the clean-up. */
export const updateRetention = (actor: Actor, patch: RetentionPatch): Promise<Retention> => {
  requireAdministrator(actor, "admin.system");
  return asSystem("administration", async (tx) => {
    const before = await readRetention(tx);
    const merged = retentionSchema.safeParse({ ...before, ...patch });
    if (!merged.success)
      throw new AppError("invalid_input", merged.error.issues[0]?.message ?? "These do not fit together.", {
        fields: merged.error.issues.map(({ path, message }) => ({
          pointer: `/${path.map(String).join("/")}`,
          detail: message,
        })),
      });
    const after = merged.data;
    await tx.setting.upsert({
      where: { key: KEY },
      create: { key: KEY, value: after },
      update: { value: after },
      select: { key: true },
    });
    const subject = { type: "system", id: KEY };
    await recordAudit(tx, {
      teamId: null,
      doer: asDoer(actor),
      action: "retention.update",
      subject,
      detail: { before, after },
    });
    return after;
  });
};
