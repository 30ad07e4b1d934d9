import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { countLive, createTouched, lockTeam, refreshTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/delivery/announce-plans";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { propose } from "@/lib/services/proposals/propose";
import { readSecondPersonRule } from "@/lib/services/proposals/second-person-rule";
import { announceSharedSql } from "@/lib/services/subscriptions/announce-shared";

import type { Authorship } from "./add-local-indicators";
import { openLocalFeed, recordDeltaRun } from "./local-feed";

type Options = { indicatorId: string; reason: string };

/**
 * Ends the team's own claim on a value: its local entry closes, and a tombstone beats the feeds that vouch for it, or will, until
 * it is lifted. The next plan removes it. Where the team wants a second person for that, it waits: then the
 * proposal's id is given, else null. Throws `not_found` for a value the team does not have.
 */
export const withdrawIndicator = async (
  actor: Actor,
  team: TeamAccess,
  { indicatorId, reason }: Options,
): Promise<string | null> => {
  const proposalId = await bulkAsTeam(team.id, async (client) => {
    await lockTeam(client, team.id);
    const { waitsToWithdraw } = await readSecondPersonRule(client, team.id);
    if (!waitsToWithdraw) {
      const author = { id: actor.userId, name: actor.name, doer: asDoer(actor) };
      await carryOutWithdrawal(client, { team, indicatorId, reason, author, approvedBy: null });
      return null;
    }
    const { type, value } = await findActive(client, team.id, indicatorId);
    const item = { id: indicatorId, type: indicatorTypeFromCode(type), value, after: null };
    return propose(client, {
      ...{ teamId: team.id, author: actor, operation: "withdraw", reason, items: [item], now: new Date() },
    });
  });
  await relayOutbox();
  return proposalId;
};

type Withdrawal = Authorship & Options & { team: TeamAccess };

/** Ends the team's own claim on a value in the caller's transaction, whoever had to approve it. */
export const carryOutWithdrawal = async (
  client: PoolClient,
  { team, indicatorId, reason, author, approvedBy }: Withdrawal,
): Promise<void> => {
  await lockTeam(client, team.id);
  const now = new Date();
  const found = await findActive(client, team.id, indicatorId);
  await client.query("DROP TABLE IF EXISTS pg_temp.touched");
  await createTouched(client);
  await client.query("INSERT INTO touched (id) VALUES ($1)", [found.id]);
  await closeLocal(client, { by: author.id, team, id: found.id, now });
  await client.query(
    `INSERT INTO tombstone (id, team_id, indicator_id, reason, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [randomUUID(), team.id, found.id, reason, author.id, now],
  );
  await refreshTeam(client, team.id, { now });
  const subject = { type: "indicator", id: indicatorId };
  const detail = {
    ...{ type: found.type, value: found.value, reason },
    ...(approvedBy !== null && { approvedBy }),
  };
  await recordAuditSql(
    client,
    { teamId: team.id, doer: author.doer, action: "indicator.withdraw", subject, detail },
    now,
  );
  await announcePlansSql(client, team.id);
};

type Found = { id: string; type: number; value: string; active: boolean };

const findActive = async (client: PoolClient, teamId: string, key: string): Promise<Found> => {
  const { rows } = await client.query<Found>(
    `SELECT i.id, i.type, i.value, t.active
     FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = $1
     WHERE i.key = $2 FOR UPDATE OF t`,
    [teamId, key],
  );
  const [found] = rows;
  if (!found) throw new AppError("not_found", "The team has no such indicator.");
  if (!found.active) throw new AppError("conflict", "It is withdrawn already.");
  return found;
};

type CloseOptions = { by: string; team: TeamAccess; id: string; now: Date };

const closeLocal = async (client: PoolClient, { by, team, id, now }: CloseOptions): Promise<void> => {
  const { rowCount } = await client.query(
    `SELECT FROM attribution a JOIN feed f ON f.id = a.feed_id
     WHERE a.team_id = $1 AND a.indicator_id = $2 AND a.until_generation IS NULL AND f.kind = 'local'`,
    [team.id, id],
  );
  if (!rowCount) return;
  const feed = await openLocalFeed(client, team.id);
  await client.query(
    `UPDATE attribution SET until_generation = $3 WHERE feed_id = $1 AND indicator_id = $2 AND until_generation IS NULL`,
    [feed.id, id, feed.number],
  );
  const { active } = await countLive(client, feed.id, team.id);
  const counts = { removed: 1, active };
  await recordDeltaRun(client, { teamId: team.id, feed, requestedBy: by, now, counts });
  await announceSharedSql(client, feed.id);
};
