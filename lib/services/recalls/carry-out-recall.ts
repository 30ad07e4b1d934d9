import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import { readClockOf } from "@/lib/db/clock";
import { lockTeam } from "@/lib/db/queries/team-view";
import { asSystem, bulkAsTeam, stepAsSystem } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { recallMark } from "@/lib/domain/screening/mark";
import { createRecallFinder, RECALL_KINDS, RECALL_MATCH } from "@/lib/domain/screening/recall";
import { findTeamValues } from "@/lib/services/allowlists/find-team-values";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { forgetRefusals } from "@/lib/services/planning/refused-hash";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

type Options = { signal: AbortSignal };
export type RecallOutcome = { matched: number; pushes: number };

/**
 * Hands the removals of what a recall meets over to a push of each connector, paused or not, that goes before all others, and
 * withdraws it in the teams. Safe to call twice: what was removed or is being removed is not planned again.
 */
export const carryOutRecall = async (recallId: string, { signal }: Options): Promise<RecallOutcome> => {
  const recall = await readRecall(recallId);
  const outcome = { matched: 0, pushes: 0 };
  if (recall === null) return outcome;
  const doer: Doer = { id: recall.createdBy, name: recall.createdByName };
  const failures: unknown[] = [];
  const met = new Map<string, readonly string[]>();
  for (const teamId of recall.teamIds) {
    signal.throwIfAborted();
    const ids = await findIn(teamId, recall, signal);
    if (ids.length === 0) continue;
    met.set(teamId, ids);
    outcome.matched += ids.length;
    for (const connectorId of await connectorsOf(teamId))
      try {
        if (await removeAt({ connectorId, teamId, doer, ids, isAsked: !recall.isCarriedOut }))
          outcome.pushes += 1;
      } catch (error) {
        // One connector that cannot is no reason to leave it at all others.
        failures.push(error);
      }
  }
  if (failures.length === 0) await noteCarriedOut(recallId);
  for (const [teamId, ids] of met) await markIn(teamId, recall, ids);
  await relayOutbox();
  if (failures.length > 0)
    throw new AggregateError(failures, "A recall could not be handed over everywhere.");
  return outcome;
};

const noteCarriedOut = (recallId: string): Promise<unknown> =>
  asSystem("scheduling", (tx) =>
    tx.recall.update({ where: { id: recallId }, data: { carriedOutAt: new Date() }, select: { id: true } }),
  );

const recallSchema = z.object({
  id: z.uuid(),
  teamId: z.uuid().nullable(),
  kind: z.enum(RECALL_KINDS),
  value: z.string(),
  createdBy: z.uuid(),
  createdByName: z.string(),
  carriedOutAt: z.date().nullable(),
});

type StandingRecall = z.output<typeof recallSchema> & {
  teamIds: readonly string[];
  /** It comes back to what came to stand since. */
  isCarriedOut: boolean;
};

/** Null for one that does not stand any more. */
const readRecall = (recallId: string): Promise<StandingRecall | null> =>
  asSystem("scheduling", async (tx) => {
    const now = await readClockOf(tx);
    const row = await tx.recall.findFirst({
      where: {
        id: recallId,
        liftedAt: null,
        OR: [{ until: null }, { until: { gt: now } }],
      },
    });
    if (row === null) return null;
    const recall = recallSchema.parse(row);
    const teamIds =
      recall.teamId === null
        ? (await tx.team.findMany({ select: { id: true }, orderBy: { id: "asc" } })).map(({ id }) => id)
        : [recall.teamId];
    return { ...recall, teamIds, isCarriedOut: recall.carriedOutAt !== null };
  });

/** Notes what the team has of it, and gives the rows' numbers in their order; nothing once it does not stand any more. */
const findIn = (teamId: string, recall: StandingRecall, signal: AbortSignal): Promise<string[]> =>
  bulkAsTeam(teamId, async (client) => {
    if (!(await holdStanding(client, recall))) return [];
    const isMet = createRecallFinder([recall]);
    const question = { match: RECALL_MATCH[recall.kind], entries: [recall.value] };
    const ids: string[] = [];
    for await (const values of findTeamValues(client, teamId, question)) {
      signal.throwIfAborted();
      for (const { id, type, value } of values) if (isMet(type, value) !== null) ids.push(id);
    }
    ids.push(...(await findSentForNetworks(client, teamId, { isMet, ids })));
    if (ids.length === 0) return ids;
    await client.query(
      "INSERT INTO recall_item (recall_id, team_id, indicator_id) SELECT $1, $2, * FROM unnest($3::bigint[]) ON CONFLICT DO NOTHING",
      [recall.id, teamId, ids],
    );
    return ids.sort((one, other) => Number(BigInt(one) - BigInt(other)));
  });

type Met = { isMet: ReturnType<typeof createRecallFinder>; ids: readonly string[] };

/** What went out as an address of a network and is met itself, or with its network; the team may have no such value of its own. */
const findSentForNetworks = async (
  client: PoolClient,
  teamId: string,
  { isMet, ids }: Met,
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string; type: number; value: string; networkIds: string[] }>(
    `SELECT i.id, i.type, i.value, array_agg(part.network_id::text) AS "networkIds" FROM network_address part
     JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = part.network_id
     JOIN indicator i ON i.id = part.indicator_id GROUP BY i.id`,
    [teamId],
  );
  const met = new Set(ids);
  return rows.flatMap(({ id, type, value, networkIds }) => {
    if (met.has(id)) return [];
    const isIt = isMet(indicatorTypeFromCode(type), value) !== null;
    return isIt || networkIds.some((network) => met.has(network)) ? [id] : [];
  });
};

/**
 * Whether it stands; while the transaction lasts, nobody lifts it. A team may read one of every team but not hold it: that is the
 * system's to do, and its lock lasts as long as the team's transaction.
 */
const holdStanding = (client: PoolClient, { id }: StandingRecall): Promise<boolean> =>
  stepAsSystem(client, "scheduling", async () => {
    const { rowCount } = await client.query(
      "SELECT FROM recall WHERE id = $1 AND lifted_at IS NULL AND NOT lapsed FOR SHARE",
      [id],
    );
    return rowCount === 1;
  });

/** Has the team's own view follow. A feed that is just worked in holds that up for a while; destinations do not wait for it. */
const markIn = (teamId: string, recall: StandingRecall, ids: readonly string[]): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    await lockTeam(client, teamId);
    if (!(await holdStanding(client, recall))) return;
    const { rowCount } = await client.query(
      `UPDATE team_indicator SET screened_by = $3, changed_at = now()
       WHERE team_id = $1 AND indicator_id = ANY ($2::bigint[]) AND screened_by IS DISTINCT FROM $3`,
      [teamId, ids, recallMark(recall.id)],
    );
    if (rowCount !== 0) await announcePlansSql(client, teamId);
  });

const connectorsOf = (teamId: string): Promise<string[]> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT id FROM connector WHERE team_id = $1 AND deleted_at IS NULL ORDER BY id",
      [teamId],
    );
    return rows.map(({ id }) => id);
  });

type Removal = {
  connectorId: string;
  teamId: string;
  doer: Doer;
  ids: readonly string[];
  /** A person just asked for it: what somebody left out of an earlier push is tried once more. */
  isAsked: boolean;
};

/** Whether there was something to remove. */
const removeAt = async ({ connectorId, teamId, doer, ids: met, isAsked }: Removal): Promise<boolean> => {
  const ids = await leaveOutUnderWay(connectorId, teamId, met);
  if (ids.length === 0) return false;
  if (isAsked) await bulkAsTeam(teamId, (client) => forgetRefusals(client, { id: connectorId, teamId }, ids));
  for (let tries = 0; ; tries++) {
    const { id, hash, counts } = await createPlan({
      connectorId,
      teamId,
      doer,
      only: { ids, operations: "remove" },
      isDecided: true,
    });
    if (counts.remove === 0) return false;
    try {
      await applyPlan({ planId: id, teamId, hash, doer, isDecided: true });
      return true;
    } catch (error) {
      // Somebody changed something in between, or took the plan away: plan again.
      if (!(error instanceof AppError && ANEW.has(error.code)) || tries >= TRIES) throw error;
    }
  }
};

/** Without what an urgent push that is open removes already. */
const leaveOutUnderWay = (
  connectorId: string,
  teamId: string,
  ids: readonly string[],
): Promise<readonly string[]> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT i.indicator_id AS id FROM push p JOIN push_item i ON i.push_id = p.id
       WHERE p.connector_id = $1 AND p.urgent AND p.state IN ('queued', 'running')
         AND i.operation = 'remove' AND i.state IN ('pending', 'sending')`,
      [connectorId],
    );
    const underWay = new Set(rows.map(({ id }) => id));
    return underWay.size === 0 ? ids : ids.filter((id) => !underWay.has(id));
  });

const TRIES = 5;
const ANEW: ReadonlySet<string> = new Set(["stale", "not_found"]);
