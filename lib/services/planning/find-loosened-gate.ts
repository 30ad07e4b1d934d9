import "server-only";

import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import { storedGateSchema, type Gate } from "@/lib/domain/connector/gate-input";
import { isLoosened } from "@/lib/domain/connector/loosened-gate";

/** Who loosened a connector's gate, when, and how it was before. */
export type LoosenedGate = { by: string; at: Date; former: Gate };

/** Long enough that whoever approves a plan after a holiday is told. */
const DAYS = 30;
const MOST_CHANGES = 100;

/** The newest loosening of a connector's gate in the last 30 days that was not taken back since; null: there is none. */
export const findLoosenedGate = async (
  { id, teamId, gate }: { id: string; teamId: string; gate: Gate | null },
  now: Date,
): Promise<LoosenedGate | null> => {
  const entries = await asTeam(teamId, (tx) =>
    tx.auditEntry.findMany({
      where: {
        ...{ teamId, subjectId: id, action: "connector.update" },
        at: { gte: new Date(now.getTime() - DAYS * 86_400_000) },
      },
      orderBy: { id: "desc" },
      take: MOST_CHANGES,
      select: { actorName: true, at: true, detail: true },
    }),
  );
  for (const { actorName: by, at, detail } of entries) {
    const { before: former, after } = detailSchema.parse(detail).gate ?? UNCHANGED;
    if (former !== null && isLoosened(former, after) && isLoosened(former, gate)) return { by, at, former };
  }
  return null;
};

const UNCHANGED = { before: null, after: null };
const detailSchema = z.object({
  gate: z.object({ before: storedGateSchema, after: storedGateSchema }).optional(),
});
