import "server-only";

import type { Tx } from "@/lib/db/client";
import { stepOfTeamAsSystem } from "@/lib/db/scope";
import { tlpCode, type Tlp } from "@/lib/domain/indicator/types";

/**
 * Marks what a connector shares with others whose sources are stricter than its new ceiling, so that its next plan writes it anew: what
 * these say must not stand there by its application. What it wants itself stays as it is.
 */
export const markAboveCeiling = async (
  tx: Tx,
  { id, teamId }: { id: string; teamId: string },
  maxTlp: Tlp,
): Promise<void> => {
  await stepOfTeamAsSystem(
    tx,
    "delivery",
    () => tx.$executeRaw`
      UPDATE claim c SET content_hash = decode('00', 'hex') || c.content_hash
      WHERE c.connector_id = ${id}::uuid AND c.team_id = ${teamId}::uuid AND EXISTS (
        SELECT FROM claim other WHERE other.record_id = c.record_id AND other.connector_id <> c.connector_id
          AND other.tlp > ${tlpCode(maxTlp)}::smallint)`,
  );
};
