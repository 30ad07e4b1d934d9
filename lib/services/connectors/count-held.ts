import "server-only";

import { askWorkspace } from "@/lib/connectors/registry";
import { asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { countOurs } from "@/lib/domain/hunting/kql";

import { readFormerNames } from "./former-names";
import { applicationOf, readOwnAccess } from "./open-connector";

/** How many of the team's indicators hold at a place, by its own count and by ours. */
export type Held = { held: number; live: number };

/**
 * Asks a Sentinel workspace how many of the team's indicators it holds, beside how many stand there by what it answered to pushes.
 * Changes nothing there. Throws `invalid_input` for Defender, where a comparison does this every hour.
 */
export const countHeld = async (
  { id, teamId }: { id: string; teamId: string },
  signal?: AbortSignal,
): Promise<Held> => {
  const access = await readOwnAccess({ id, teamId });
  if (access.kind !== "sentinel")
    throw new AppError(
      "invalid_input",
      "Only a Sentinel workspace can be asked; Defender is compared every hour.",
    );
  const { live, team } = await asTeam(teamId, async (tx) => ({
    live: await tx.claim.count({ where: { connectorId: id, teamId } }),
    team: await tx.team.findUniqueOrThrow({ where: { id: teamId }, select: { name: true } }),
  }));
  const { sourceSystem, workspaceId } = access;
  const formerTeams = await readFormerNames(teamId);
  const query = countOurs({ team: team.name, formerTeams, sourceSystem });
  const held = await askWorkspace(applicationOf(access), { workspaceId, query }, signal);
  return { held, live };
};
