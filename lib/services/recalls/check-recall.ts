import "server-only";

import type { Actor } from "@/lib/domain/access/actor";
import { createRecallFinder, RECALL_MATCH } from "@/lib/domain/screening/recall";
import type { RecallTarget } from "@/lib/domain/screening/recall-input";
import { requireInTeam } from "@/lib/auth/require";
import { findReach, type Reach } from "@/lib/services/allowlists/find-reach";

/** A person waits for the answer with an incident at hand. */
const LONGEST_MS = 5_000;

/** Says what a recall in a team would take back, before it does. Nothing is changed. */
export const checkRecall = (actor: Actor, teamId: string, { kind, value }: RecallTarget): Promise<Reach> => {
  requireInTeam(actor, "recall.write", teamId);
  const find = createRecallFinder([{ id: "asked", kind, value }]);
  const explain = (...asked: Parameters<typeof find>) => (find(...asked) === null ? null : "");
  return findReach([teamId], { match: RECALL_MATCH[kind], entries: [value], explain }, LONGEST_MS);
};
