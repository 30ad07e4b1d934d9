import "server-only";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import { makeLocalFeed } from "./local-feed";

/**
 * Sets how many days what a team's people add stays valid when they do not say; a type without days has no end. It holds for what
 * is added from then on.
 */
export const setDefaultEnd = async (
  actor: Actor,
  team: TeamAccess,
  daysByType: Readonly<Partial<Record<IndicatorType, number>>>,
): Promise<void> => {
  await bulkAsTeam(team.id, async (client) => {
    await makeLocalFeed(client, team.id);
    const { rows } = await client.query<{ id: string; name: string }>(
      `UPDATE feed SET expiry_days = NULL, settings = jsonb_set(settings, '{expiryDaysByType}', $2::jsonb)
       WHERE team_id = $1 AND kind = 'local' AND deleted_at IS NULL RETURNING id, name`,
      [team.id, JSON.stringify(daysByType)],
    );
    const [feed] = rows;
    if (!feed) throw new Error("The team's own list could not be opened.");
    const subject = { type: "feed", id: feed.id };
    const detail = { name: feed.name, changed: ["expiryDaysByType"], days: JSON.stringify(daysByType) };
    await recordAuditSql(
      client,
      { teamId: team.id, doer: asDoer(actor), action: "feed.update", subject, detail },
      new Date(),
    );
  });
};
