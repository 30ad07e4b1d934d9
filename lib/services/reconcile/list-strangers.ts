import "server-only";

import { createHash } from "node:crypto";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { asTeam } from "@/lib/db/scope";
import { STRANGER_CHOICES } from "@/lib/domain/delivery/drift-choices";
import { strangerShownSchema } from "@/lib/domain/delivery/shown";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";

type Connector = { id: string; teamId: string };
export type StrangerFilter = {
  state?: StrangerState | undefined;
  /** A part of the value. */
  q?: string | undefined;
};
type Options = StrangerFilter & {
  limit: number;
  /** The `next` of the page before. */
  after: string | null;
};

/**
 * `open`: nobody decided. `marked`: somebody wants it removed, and nobody started that yet. `gone`: it was removed, and seen to be gone.
 */
export const STRANGER_STATES = [
  ...(["open", "ignored", "adopted", "marked"] as const),
  ...(["removing", "failed", "gone"] as const),
] as const;
type StrangerState = (typeof STRANGER_STATES)[number];

export type StrangerView = ReturnType<typeof toView>;

export type StrangerCounts = Readonly<Record<StrangerState, number>>;

/** How many of them there are in each state. */
export const countStrangers = async ({ id, teamId }: Connector): Promise<StrangerCounts> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ state: string; count: number }[]>`
      SELECT ${STATE} AS state, count(*)::int AS count FROM stranger
      WHERE connector_id = ${id}::uuid AND team_id = ${teamId}::uuid GROUP BY 1`,
  );
  const counts = new Map(rows.map(({ state, count }) => [state, count]));
  return countsSchema.parse(
    Object.fromEntries(STRANGER_STATES.map((state) => [state, counts.get(state) ?? 0])),
  );
};

const countsSchema = z.record(z.enum(STRANGER_STATES), z.number());

const STATE = Prisma.sql`CASE WHEN gone_at IS NOT NULL THEN 'gone' WHEN removing_since IS NOT NULL THEN 'removing'
  WHEN problem IS NOT NULL AND choice <> 'adopt' THEN 'failed' WHEN removed_at IS NOT NULL THEN 'removing'
  WHEN choice = 'remove' THEN 'marked' WHEN choice = 'adopt' THEN 'adopted' WHEN choice = 'ignore' THEN 'ignored'
  ELSE 'open' END`;

/** How many of each connector's wait for a decision. */
export const readOpenStrangers = async (
  tx: Tx,
  { connectorIds, teamIds }: { connectorIds: readonly string[]; teamIds: readonly string[] },
): Promise<ReadonlyMap<string, number>> => {
  const rows = await tx.$queryRaw<{ id: string; count: number }[]>`
    SELECT connector_id AS id, count(*)::int AS count FROM stranger
    WHERE connector_id = ANY (${[...connectorIds]}::uuid[]) AND team_id = ANY (${[...teamIds]}::uuid[]) AND ${STATE} = 'open'
    GROUP BY 1`;
  return new Map(rows.map(({ id, count }) => [id, count]));
};

/** What a connector's application made at its destination and nobody here knows of, by the last comparison. */
export const listStrangers = async (
  { id, teamId }: Connector,
  { state, q, limit, after }: Options,
): Promise<{ strangers: StrangerView[]; next: string | null }> => {
  const value = q?.toLowerCase() ?? null;
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<unknown[]>`
      SELECT * FROM (
        SELECT remote_id AS "remoteId", type, value, shown, is_duplicate AS "isDuplicate", found_at AS "foundAt", choice,
          decided_by_name AS "decidedBy", decided_at AS "decidedAt", removal_tries AS tries, problem, gone_at AS "goneAt",
          ${STATE} AS state
        FROM stranger WHERE connector_id = ${id}::uuid AND team_id = ${teamId}::uuid
      ) k
      WHERE (${after}::text IS NULL OR "remoteId" > ${after}::text) AND (${state ?? null}::text IS NULL OR state = ${state ?? null}::text)
        AND (${value}::text IS NULL OR strpos(lower(value), ${value}::text) > 0)
      ORDER BY "remoteId" LIMIT ${limit + 1}`,
  );
  const page = rows.slice(0, limit).map((row) => toView(rowSchema.parse(row)));
  return { strangers: page, next: rows.length > limit ? (page.at(-1)?.remoteId ?? null) : null };
};

/** What waits for somebody to review its removal, with the hash of exactly these. */
export type StrangerRemoval = { count: number; hash: string };

/** The removal that is to be reviewed: of all that is marked. */
export const getStrangerRemoval = async ({ id, teamId }: Connector): Promise<StrangerRemoval> => {
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<MarkedRow[]>`
      SELECT remote_id AS "remoteId", encode(shown_hash, 'hex') AS hash FROM stranger
      WHERE connector_id = ${id}::uuid AND team_id = ${teamId}::uuid AND choice = 'remove'
        AND removing_since IS NULL AND removed_at IS NULL AND gone_at IS NULL ORDER BY remote_id`,
  );
  return { count: rows.length, hash: hashRemoval(rows) };
};

type MarkedRow = { remoteId: string; hash: string };

/** Tells one list of marked records, as they are shown, from any other; the rows come in the order of their ids. */
export const hashRemoval = (rows: readonly MarkedRow[]): string =>
  createHash("sha256")
    .update(JSON.stringify(rows.map(({ remoteId, hash }) => [remoteId, hash])))
    .digest("hex");

const rowSchema = z.object({
  remoteId: z.string(),
  type: z.number().nullable(),
  value: z.string(),
  shown: strangerShownSchema,
  isDuplicate: z.boolean(),
  foundAt: z.date(),
  choice: z.enum(STRANGER_CHOICES).nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.date().nullable(),
  tries: z.number(),
  problem: z.string().nullable(),
  goneAt: z.date().nullable(),
  state: z.enum(STRANGER_STATES),
});

const toView = ({ type, shown, ...row }: z.output<typeof rowSchema>) => {
  const { action, severity, title, description, expiresAt, by, at } = shown;
  return {
    ...row,
    ...{ action, severity, title, description, expiresAt },
    type: type === null ? null : indicatorTypeFromCode(type),
    changedBy: by,
    changedAt: at,
  };
};
