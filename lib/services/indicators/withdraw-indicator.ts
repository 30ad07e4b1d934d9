import "server-only";

import type { PoolClient } from "pg";

import { lockTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceUrgentSql } from "@/lib/services/planning/announce-urgent";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { propose } from "@/lib/services/proposals/propose";
import { readSecondPersonRule } from "@/lib/services/proposals/second-person-rule";

import { withdrawValues } from "./withdraw-values";
import type { Authorship } from "./write-local-items";

type Options = { indicatorId: string; reason: string };

/**
 * Ends the team's own claim on a value: its local entry closes, and a tombstone beats the feeds that vouch for it, or will, until
 * it is lifted. The next plan removes it. Where the team wants a second person for that, it waits: then the proposal's id is given,
 * else null. Throws `not_found` for a value the team does not have.
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
      const keys = [indicatorId];
      await carryOutWithdrawal(client, { teamId: team.id, keys, reason, author, approvedBy: null });
      return null;
    }
    const [found] = await findAll(client, team.id, [indicatorId]);
    if (found?.isActive !== true) throw found ? withdrawnAlready() : unknown();
    const { type, value } = found;
    const item = { id: indicatorId, type: indicatorTypeFromCode(type), value, after: null };
    return propose(client, {
      ...{ teamId: team.id, author: actor, operation: "withdraw", reason, items: [item], now: new Date() },
    });
  });
  await relayOutbox();
  return proposalId;
};

type Withdrawal = Authorship & { teamId: string; keys: readonly string[]; reason: string };

/** Ends the team's own claims on values, all of them or none, in the caller's transaction, whoever had to approve it. */
export const carryOutWithdrawal = async (
  client: PoolClient,
  { teamId, keys, reason, author, approvedBy }: Withdrawal,
): Promise<void> => {
  await lockTeam(client, teamId);
  const now = new Date();
  const found = await findAll(client, teamId, keys);
  if (found.length < keys.length) throw unknown();
  const ids = found.map(({ id }) => id);
  const withdrawn = await withdrawValues(client, { teamId, ids, reason, userId: author.id, now });
  if (withdrawn.length < keys.length) throw withdrawnAlready();
  await announceUrgentSql(
    client,
    teamId,
    withdrawn.map(({ id }) => id),
  );
  for (const { key, type, value } of found) {
    const subject = { type: "indicator", id: key };
    const detail = { type, value, reason, ...(approvedBy !== null && { approvedBy }) };
    const entry = { teamId, doer: author.doer, action: "indicator.withdraw", subject, detail };
    await recordAuditSql(client, entry, now);
  }
};

const unknown = () => new AppError("not_found", "The team has no such indicator.");
const withdrawnAlready = () => new AppError("conflict", "It is withdrawn already.");

type Found = { id: string; key: string; type: number; value: string; isActive: boolean };

const findAll = async (client: PoolClient, teamId: string, keys: readonly string[]): Promise<Found[]> => {
  const { rows } = await client.query<Found>(
    `SELECT i.id, i.key, i.type, i.value, t.active AS "isActive"
     FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = $1
     WHERE i.key = ANY ($2::uuid[]) ORDER BY i.id`,
    [teamId, keys],
  );
  return rows;
};
