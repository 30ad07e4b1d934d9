import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { isSwitchedOff } from "@/lib/db/queries/waiting-pushes";

/** A push that was applied and has still something to send. */
export type UnderWay = {
  id: string;
  connectorId: string;
  connector: string;
  state: "queued" | "running" | "stopped";
  planned: number;
  /** How many of these have no answer yet. */
  left: number;
  queuedAt: Date;
  /** Since when it waits for its destination, which does not answer, asked for patience or has no room yet; null: it does not. */
  waitingSince: Date | null;
  /** When it goes on by itself, where it waits until a certain moment. */
  wakesAt: Date | null;
  /** What it waits for, or why it stopped. */
  message: string | null;
  /** Where it would go, nothing may be sent. */
  isSendingOff: boolean;
};

/**
 * What of the teams' pushes has not left, what waits longest first; of what stopped, what no later plan took the place of, and where nothing
 * was pushed since.
 */
export const readUnderWay = (tx: Tx, teamIds: readonly string[]): Promise<UnderWay[]> =>
  tx.$queryRaw<UnderWay[]>`
    SELECT p.id, c.id AS "connectorId", c.name AS connector, p.state::text, p.planned,
      greatest(0, p.planned - p.accepted - p.removed - p.failed - p.skipped) AS left, p.queued_at AS "queuedAt",
      p.waiting_since AS "waitingSince", CASE WHEN p.wake_at > now() THEN p.wake_at END AS "wakesAt", p.message,
      p.state <> 'stopped' AND ${Prisma.raw(isSwitchedOff("c.id"))} AS "isSendingOff"
    FROM push p JOIN connector c ON c.id = p.connector_id AND c.deleted_at IS NULL
    WHERE p.team_id = ANY (${[...teamIds]}::uuid[]) AND (p.state IN ('queued', 'running') OR (p.state = 'stopped' AND (
      -- Counters tell without a look at the items that nothing is left of most.
      p.planned > p.accepted + p.removed + p.failed + p.skipped
      AND EXISTS (SELECT FROM push_item i WHERE i.push_id = p.id AND i.state = 'pending' AND NOT i.overtaken)
      OR NOT EXISTS (SELECT FROM push newer WHERE newer.connector_id = c.id AND newer.queued_at > p.queued_at))))
    ORDER BY p.queued_at, p.id`;
