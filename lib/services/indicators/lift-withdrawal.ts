import "server-only";

import { createTouched, lockTeam, refreshTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { needsSecondPerson } from "@/lib/domain/indicator/second-person";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { readSecondPersonRule } from "@/lib/services/proposals/second-person-rule";

type Found = { id: string; type: number; value: string };

/**
 * Ends a person's withdrawal of a value: what the team's feeds say of it counts again. The team's own entry, which the withdrawal
 * ended, stays ended. Gives whether anybody vouches for the value now. Throws `conflict` where it is not withdrawn, or the team
 * asks for a second person, since feeds may have it blocked again.
 */
export const liftWithdrawal = async (
  actor: Actor,
  team: TeamAccess,
  indicatorId: string,
): Promise<{ isActive: boolean }> => {
  const lifted = await bulkAsTeam(team.id, async (client) => {
    await lockTeam(client, team.id);
    const now = new Date();
    const { rows } = await client.query<Found>(
      `SELECT i.id, i.type, i.value FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = $1
       WHERE i.key = $2`,
      [team.id, indicatorId],
    );
    const [found] = rows;
    if (!found) throw new AppError("not_found", "The team has no such indicator.");
    if (needsSecondPerson({ action: null }, await readSecondPersonRule(client, team.id)))
      throw new AppError("conflict", UNAPPROVED);
    const { rowCount } = await client.query(
      `UPDATE tombstone SET lifted_at = $3, lifted_by = $4
       WHERE team_id = $1 AND indicator_id = $2 AND lifted_at IS NULL`,
      [team.id, found.id, now, actor.userId],
    );
    if (!rowCount)
      throw new AppError("conflict", "Nobody withdrew it, or the withdrawal was lifted already.");
    await createTouched(client);
    await client.query("INSERT INTO touched (id) VALUES ($1)", [found.id]);
    await refreshTeam(client, team.id, { now });
    await announcePlansSql(client, team.id);
    const subject = { type: "indicator", id: indicatorId };
    const detail = { type: found.type, value: found.value };
    const entry = { teamId: team.id, doer: asDoer(actor), action: "indicator.lift", subject, detail };
    await recordAuditSql(client, entry, now);
    const after = await client.query<{ active: boolean }>(
      "SELECT active FROM team_indicator WHERE team_id = $1 AND indicator_id = $2",
      [team.id, found.id],
    );
    return { isActive: after.rows[0]?.active ?? false };
  });
  await relayOutbox();
  return lifted;
};

const UNAPPROVED =
  "Your team asks for a second person, and feeds may have it blocked again. Add the value by hand: that waits for approval, and lifts the withdrawal.";
