import "server-only";

import type { Tx } from "@/lib/db/client";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { announcePlans } from "./announce-plans";

export type Own = { id: string; teamId: string };

type Note = { action: string; detail: Record<string, string> };

/** Keeps in the audit what a person decided about a value at a gate; plans go by it from now on. */
export const noteLetThrough = async (
  tx: Tx,
  actor: Actor,
  { id, teamId }: Own,
  { action, detail }: Note,
): Promise<void> => {
  const subject = { type: "connector", id };
  await recordAudit(tx, { teamId, doer: asDoer(actor), action, subject, detail });
  await announcePlans(tx, teamId);
};
