import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import { getConnector } from "@/lib/services/connectors/get-connector";

/** The connector that a path names. A foreign one and an unknown one are the same 404; a role that may not is 403. */
export const openConnector = async (actor: Actor, connectorId: string, permission: TeamPermission) => {
  const connector = await getConnector(actor, connectorId);
  requireInTeam(actor, permission, connector.teamId, "connector");
  return connector;
};
