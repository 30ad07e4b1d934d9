import "server-only";

import { z } from "zod";

import { asSystem } from "@/lib/db/scope";
import { CONNECTOR_KINDS } from "@/lib/domain/connector/kinds";

export type OrphanedRecords = z.output<typeof rowSchema>;

/** Who made the records that nobody can change now, since their maker's application cannot sign in: one row for each connector. */
export const listOrphanedRecords = async (): Promise<OrphanedRecords[]> =>
  asSystem("operations", async (tx) => {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT c.id AS "connectorId", c.name AS connector, t.slug AS team, t.name AS "teamName", c.kind::text,
        d.tenant_id AS "tenantId", d.tenant_name AS "tenantName", count(*)::int AS records
      FROM remote_record r
      JOIN destination d ON d.id = r.destination_id
      JOIN connector c ON c.id = r.owner_connector_id
      JOIN team t ON t.id = c.team_id
      WHERE r.state = 'orphaned'
      GROUP BY c.id, t.id, d.id ORDER BY count(*) DESC, t.slug, c.name`;
    return z.array(rowSchema).parse(rows);
  });

const rowSchema = z.object({
  connectorId: z.uuid(),
  connector: z.string(),
  team: z.string(),
  teamName: z.string(),
  kind: z.enum(CONNECTOR_KINDS),
  tenantId: z.string(),
  tenantName: z.string().nullable(),
  records: z.number(),
});
