import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import type { AllowlistView } from "@/lib/services/allowlists/allowlist-view";
import { getAllowlist } from "@/lib/services/allowlists/get-allowlist";

/**
 * The list that a path names. A foreign one and an unknown one are the same 404; a role that may not is 403. The installation's
 * are everybody's to read; who may change them is for the service to say.
 */
export const openAllowlist = async (
  actor: Actor,
  listId: string,
  permission: TeamPermission,
): Promise<AllowlistView> => {
  const list = await getAllowlist(actor, listId);
  if (list.teamId !== null) requireInTeam(actor, permission, list.teamId, "allowlist");
  return list;
};
