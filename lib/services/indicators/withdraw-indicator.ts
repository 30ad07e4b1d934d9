import "server-only";

import type { PoolClient } from "pg";

import { lockTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { withdrawValues } from "./withdraw-values";

type Options = { indicatorId: string; reason: string };

/**
 * Ends the team's own claim on a value: its local entry closes and, where feeds still vouch for it, a tombstone beats
 * them until it is lifted. The next plan removes it. Throws `not_found` for a value the team does not have.
 */
export const withdrawIndicator = async (
  actor: Actor,
  team: TeamAccess,
  { indicatorId, reason }: Options,
): Promise<void> => {
  await bulkAsTeam(team.id, async (client) => {
    await lockTeam(client, team.id);
    const now = new Date();
    const found = await findOne(client, team.id, indicatorId);
    const options = { teamId: team.id, ids: [found.id], reason, userId: actor.userId, now };
    const withdrawn = await withdrawValues(client, options);
    if (withdrawn.length === 0) throw new AppError("conflict", "It is withdrawn already.");
    const subject = { type: "indicator", id: indicatorId };
    const detail = { type: found.type, value: found.value, reason };
    await recordAuditSql(
      client,
      { teamId: team.id, doer: asDoer(actor), action: "indicator.withdraw", subject, detail },
      now,
    );
  });
  await relayOutbox();
};

type Found = { id: string; type: number; value: string };

const findOne = async (client: PoolClient, teamId: string, key: string): Promise<Found> => {
  const { rows } = await client.query<Found>(
    `SELECT i.id, i.type, i.value FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = $1
     WHERE i.key = $2`,
    [teamId, key],
  );
  const [found] = rows;
  if (!found) throw new AppError("not_found", "The team has no such indicator.");
  return found;
};
