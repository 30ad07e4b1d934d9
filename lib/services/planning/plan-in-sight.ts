import "server-only";

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { bulkAsTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";

type Asked = { connectorId: string; teamId: string; doer: Doer };

/** What is made at once, or a word of what takes longer: it goes on whether or not somebody waits for its end. */
export type InSight<Plan> =
  { status: "made"; plan: Plan } | { status: "under-way"; id: string; end: Promise<Plan> };

/**
 * Makes a plan for somebody who waits for it. One that takes longer than a moment is told on its connector from then on (`getPlanning`), with
 * how it ended, so that whoever leaves finds it again.
 */
export const planInSight = async <Plan extends { id: string } | null>(
  asked: Asked,
  make: () => Promise<Plan>,
  patienceMs = PATIENCE_MS,
): Promise<InSight<Plan>> => {
  const making = make();
  const patience = sleep(patienceMs, null, { ref: false });
  const quick = await Promise.race([making.then((plan) => ({ plan })), patience]);
  if (quick) return { status: "made", plan: quick.plan };
  const told = { ...asked, id: randomUUID() };
  await noteBegun(told);
  return { status: "under-way", id: told.id, end: tellWhile(told, making) };
};

const PATIENCE_MS = 2_000;
const BEAT_MS = 5_000;
/** Nothing heard for so long: whoever made it is gone. */
export const SILENT_SECONDS = 30;

type Told = Asked & { id: string };

const tellWhile = async <Plan extends { id: string } | null>(
  told: Told,
  making: Promise<Plan>,
): Promise<Plan> => {
  const beat = setInterval(() => {
    noteAlive(told).catch((error: unknown) => {
      logger.warn({ err: error, connectorId: told.connectorId }, "That a plan is being made was not noted");
    });
  }, BEAT_MS);
  try {
    const plan = await making;
    await noteEnded(told, { planId: plan?.id ?? null, problem: null });
    return plan;
  } catch (error) {
    await noteEnded(told, {
      planId: null,
      problem: error instanceof AppError ? error.message : UNFORESEEN,
    });
    throw error;
  } finally {
    clearInterval(beat);
  }
};

const UNFORESEEN = "Something went wrong that nobody foresaw; an administrator finds the cause in the log.";

const noteBegun = ({ id, connectorId, teamId, doer }: Told): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    await client.query(
      `UPDATE connector SET planning = jsonb_build_object('id', $3::text, 'by', $4::text, 'since', clock_timestamp(), 'aliveAt', clock_timestamp())
       WHERE id = $1 AND team_id = $2`,
      [connectorId, teamId, id, doer.name],
    );
  });

/** Adds to what is told of one, unless a later one is told of by now. */
const IS_TOLD = "id = $1 AND team_id = $2 AND planning->>'id' = $3";

const noteAlive = ({ id, connectorId, teamId }: Told): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    await client.query(
      `UPDATE connector SET planning = planning || jsonb_build_object('aliveAt', clock_timestamp()) WHERE ${IS_TOLD}`,
      [connectorId, teamId, id],
    );
  });

const noteEnded = (
  { id, connectorId, teamId }: Told,
  { planId, problem }: { planId: string | null; problem: string | null },
): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    await client.query(
      `UPDATE connector SET planning = planning || jsonb_build_object('endedAt', clock_timestamp(), 'planId', $4::text, 'problem', $5::text)
       WHERE ${IS_TOLD}`,
      [connectorId, teamId, id, planId, problem],
    );
  });
