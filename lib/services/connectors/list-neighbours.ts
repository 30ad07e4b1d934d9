import "server-only";

import { asTeam } from "@/lib/db/scope";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { recordScope } from "@/lib/domain/selection/policy";

/** A connector of the team and where it sends. */
export type Neighbour = {
  id: string;
  name: string;
  cloud: string;
  tenantId: string;
  workspaceId: string;
  /** Connectors of one scope at one place share its records. */
  scope: string;
};

/** The team's connectors of one kind, in the order of their names. */
export const listNeighbours = async (teamId: string, kind: ConnectorKind): Promise<Neighbour[]> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<(Omit<Neighbour, "scope"> & { deviceGroups: string[] })[]>`
      SELECT c.id, c.name, d.cloud::text, d.tenant_id::text AS "tenantId", d.workspace_id AS "workspaceId",
        c.device_groups AS "deviceGroups"
      FROM connector c JOIN destination d ON d.id = c.destination_id
      WHERE c.team_id = ${teamId}::uuid AND c.kind = ${kind}::connector_kind AND c.deleted_at IS NULL ORDER BY c.name`,
  );
  return rows.map(({ deviceGroups, ...row }) => ({ ...row, scope: recordScope(deviceGroups) }));
};

/** Whether two connectors write the same records. */
export const isSamePlace = (one: Neighbour, other: Neighbour): boolean =>
  one.cloud === other.cloud &&
  one.tenantId === other.tenantId &&
  one.workspaceId === other.workspaceId &&
  one.scope === other.scope;
