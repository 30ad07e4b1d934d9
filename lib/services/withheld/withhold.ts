import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { WithheldTarget } from "@/lib/domain/delivery/withhold-input";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { planForReview } from "@/lib/services/planning/plan-for-review";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { assertLater } from "./hold-end";
import { planTakingBack, type NotPlanned } from "./plan-taking-back";

type Input = { target: WithheldTarget; reason: string; /** When it lifts itself. */ until?: Date | null };

/** A hold that was made, and where what stands of it could not be planned away. */
export type Held = { id: string; notPlanned: NotPlanned[] };

/**
 * Holds back what a feed vouches for, what one of its runs added, or everything of the team: from now on nothing of it is planned
 * or sent, unless another feed vouches for it as well. Each connector gets a plan that takes back what stands of it, and one where a
 * person applies also a plan of what others vouch for, without its words. Throws `conflict` for what is held back already and for a
 * run that added nothing.
 */
export const withhold = async (actor: Actor, team: TeamAccess, input: Input): Promise<Held> => {
  const id = await makeHold(actor, team, input);
  const notPlanned = await planWithout(actor, { id, teamId: team.id });
  await relayOutbox();
  return { id, notPlanned };
};

/** Plans what a hold takes back, then what else it changes where a person applies. Gives where the first failed. */
export const planWithout = async (
  actor: Actor,
  hold: { id: string; teamId: string },
): Promise<NotPlanned[]> => {
  const notPlanned = await planTakingBack(actor, hold);
  await planForReview(actor, hold.teamId, { isPausedLeftOut: true });
  return notPlanned;
};

/** The hold alone, without plans: from its end on nothing of it is planned or sent. */
export const makeHold = async (
  actor: Actor,
  team: TeamAccess,
  { target, reason, until = null }: Input,
): Promise<string> => {
  const id = randomUUID();
  await bulkAsTeam(team.id, async (client) => {
    const now = await readClock(client);
    assertLater(until, now);
    const found = await findSubject(client, team, target);
    await assertNotHeld(client, team.id, { scope: target.scope, ...found });
    await insertHold(client, { id, teamId: team.id, target, found, actor, reason, until, now });
    const { feedId, runId, subject: name } = found;
    const subject = { type: "withheld", id };
    const detail = {
      scope: target.scope,
      subject: name,
      feedId,
      runId,
      reason,
      until: until?.toISOString() ?? null,
    };
    const doer = asDoer(actor);
    await recordAuditSql(client, { teamId: team.id, doer, action: "withheld.create", subject, detail }, now);
    await announcePlansSql(client, team.id);
  });
  return id;
};

/** What a hold is on. */
export type Subject = { feedId: string | null; runId: string | null; number: number | null; subject: string };

/** What a hold is to be on, in words; throws `not_found` for what the team does not have. */
export const findSubject = async (
  client: PoolClient,
  team: TeamAccess,
  target: WithheldTarget,
): Promise<Subject> => {
  if (target.scope === "team")
    return { feedId: null, runId: null, number: null, subject: `everything of ${team.name}` };
  if (target.scope === "feed") {
    const { rows } = await client.query<{ name: string }>(
      "SELECT name FROM feed WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL",
      [target.id, team.id],
    );
    const [feed] = rows;
    if (!feed) throw new AppError("not_found", "There is no such feed.");
    return { feedId: target.id, runId: null, number: null, subject: feed.name };
  }
  const { rows } = await client.query<{ feedId: string; name: string; number: number }>(
    `SELECT r.feed_id AS "feedId", f.name, r.number FROM feed_run r JOIN feed f ON f.id = r.feed_id
     WHERE r.id = $1 AND r.team_id = $2`,
    [target.id, team.id],
  );
  const [run] = rows;
  if (!run) throw new AppError("not_found", "There is no such run.");
  const { feedId, name, number } = run;
  return { feedId, runId: target.id, number, subject: `what run ${String(number)} of ${name} added` };
};

type Hold = {
  id: string;
  teamId: string;
  target: WithheldTarget;
  found: Subject;
  actor: Actor;
  reason: string;
  until: Date | null;
  now: Date;
};

/** Writes a hold; from the end of the transaction on it holds back. */
export const insertHold = async (client: PoolClient, hold: Hold): Promise<void> => {
  const { id, teamId, target, found, actor, reason, until, now } = hold;
  const { feedId, runId, subject } = found;
  await client.query(
    `INSERT INTO withheld (id, team_id, scope, feed_id, run_id, subject, reason, created_at, created_by, created_by_name, until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [id, teamId, target.scope, feedId, runId, subject, reason, now, actor.userId, actor.name, until],
  );
  if (found.number !== null) await noteAdded(client, { id, teamId, ...found });
};

const assertNotHeld = async (
  client: PoolClient,
  teamId: string,
  { scope, feedId, runId }: Pick<Subject, "feedId" | "runId"> & { scope: string },
): Promise<void> => {
  // Two who hold back the same at the same moment: the second waits, and then finds it.
  await client.query("SELECT FROM team WHERE id = $1 FOR NO KEY UPDATE", [teamId]);
  const { rowCount } = await client.query(
    `SELECT FROM withheld WHERE team_id = $1 AND lifted_at IS NULL AND scope = $2
       AND feed_id IS NOT DISTINCT FROM $3 AND run_id IS NOT DISTINCT FROM $4`,
    [teamId, scope, feedId, runId],
  );
  if (rowCount) throw new AppError("conflict", "It is held back already. Lift that first, or leave it.");
};

type Added = Subject & { id: string; teamId: string };

// Kept by value: a later run that changes one of them opens a new interval, and what this run added stays what it added.
const noteAdded = async (client: PoolClient, { id, teamId, feedId, number }: Added): Promise<void> => {
  const { rowCount } = await client.query(
    `INSERT INTO withheld_item (withheld_id, team_id, indicator_id)
     SELECT DISTINCT $1::uuid, $2::uuid, a.indicator_id FROM attribution a
     WHERE a.feed_id = $3 AND a.team_id = $2 AND a.from_generation = $4
       AND (a.until_generation IS NULL OR a.until_generation > a.from_generation)
       AND NOT EXISTS (
         SELECT FROM attribution before WHERE before.feed_id = $3 AND before.indicator_id = a.indicator_id
           AND before.until_generation = $4 AND before.from_generation < $4)`,
    [id, teamId, feedId, number],
  );
  if (rowCount === 0)
    throw new AppError("conflict", "This run added nothing, so there is nothing to hold back.");
};
