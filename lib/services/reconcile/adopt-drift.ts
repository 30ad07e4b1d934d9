import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { ACTIONS } from "@/lib/domain/connector/actions";
import { findUnadoptable, findUndone, type Adoption } from "@/lib/domain/delivery/adoption";
import { driftShownSchema, type DriftShown } from "@/lib/domain/delivery/shown";
import { needsSecondPerson } from "@/lib/domain/indicator/second-person";
import { textLimits } from "@/lib/services/connectors/text-limits";
import { readSecondPersonRule, type SecondPersonRule } from "@/lib/services/proposals/second-person-rule";

import { readClaimants, type StandingRecords } from "./read-claimants";

export type Refused = { indicatorId: string; value: string; reason: string };

type Options = {
  connectorId: string;
  teamId: string;
  ids: readonly string[];
  reason: string;
  /** Who else claims them. */
  standing: StandingRecords;
};

/**
 * What stands of what drifted at a connector's destination, by public ids or all that waits for a decision, and who else claims it. It
 * looks beyond the team, so it is asked before anything is held.
 */
export const readStandingDrift = async (
  own: { connectorId: string; teamId: string },
  indicatorIds: readonly string[] | null,
): Promise<StandingRecords> => {
  const keys = indicatorIds && [...indicatorIds];
  const rows = await asTeam(
    own.teamId,
    (tx) => tx.$queryRaw<{ row: string }[]>`
      SELECT r.indicator_id::text AS row FROM receipt r JOIN indicator i ON i.id = r.indicator_id
      WHERE r.connector_id = ${own.connectorId}::uuid AND r.team_id = ${own.teamId}::uuid AND r.drift IS NOT NULL
        AND CASE WHEN ${keys}::uuid[] IS NULL THEN r.drift_choice IS NULL ELSE i.key = ANY (${keys}::uuid[]) END`,
  );
  return readClaimants(own, rows);
};

/**
 * Makes how records of a connector stand at their destination the team's wish there, each as an override that a person may lift; the
 * drift of these is settled. What the next push would undo is not adopted. `ids`: numbers of rows of `indicator`, whose receipts the
 * caller has locked. Gives those that were adopted by their public ids, and why others could not be.
 */
export const adoptDrift = async (
  client: PoolClient,
  actor: Actor,
  { connectorId, teamId, ids, reason, standing }: Options,
): Promise<{ adopted: string[]; refused: Refused[] }> => {
  const rule = await readSecondPersonRule(client, teamId);
  const { rows } = await client.query(
    `SELECT i.id, i.key, i.value, r.drift_shown AS shown, c.action
     FROM receipt r JOIN indicator i ON i.id = r.indicator_id
     LEFT JOIN claim c ON c.connector_id = r.connector_id AND c.indicator_id = r.indicator_id
     WHERE r.connector_id = $1 AND r.team_id = $2 AND r.indicator_id = ANY ($3::bigint[]) ORDER BY i.id`,
    [connectorId, teamId, ids],
  );
  const judged = z
    .array(rowSchema)
    .parse(rows)
    .map((row) => ({ row, wish: toWish(row, { rule, standing }) }));
  const wishes = judged.flatMap(({ row, wish }) => ("refusal" in wish ? [] : [{ row, wish }]));
  await client.query(
    `INSERT INTO record_override (connector_id, indicator_id, team_id, absent, action, severity, expires_at, title, description,
       reason, decided_by, decided_by_name, decided_at)
     SELECT $2, w.id, $3, w.absent, w.action, w.severity, w.expires_at, w.title, w.description, $4, $5, $6, clock_timestamp()
     FROM jsonb_to_recordset($1::jsonb) AS w (id bigint, absent boolean, action text, severity text, expires_at timestamptz,
       title text, description text)
     ON CONFLICT (connector_id, indicator_id) DO UPDATE SET
       absent = excluded.absent, action = coalesce(excluded.action, record_override.action),
       severity = coalesce(excluded.severity, record_override.severity),
       expires_at = coalesce(excluded.expires_at, record_override.expires_at),
       title = coalesce(excluded.title, record_override.title),
       description = coalesce(excluded.description, record_override.description), reason = excluded.reason,
       decided_by = excluded.decided_by, decided_by_name = excluded.decided_by_name, decided_at = excluded.decided_at`,
    [
      JSON.stringify(wishes.map(({ row, wish }) => ({ id: row.id, ...wish }))),
      ...[connectorId, teamId, reason, actor.userId, actor.name],
    ],
  );
  await client.query(
    `UPDATE receipt SET drift = NULL, drift_choice = NULL, drift_shown = NULL, reason = $3, changed_at = clock_timestamp()
     WHERE connector_id = $1 AND indicator_id = ANY ($2::bigint[])`,
    [
      connectorId,
      wishes.map(({ row }) => row.id),
      `${actor.name} adopted how it stood at Microsoft: ${reason}`,
    ],
  );
  return {
    adopted: wishes.map(({ row }) => row.key),
    refused: judged.flatMap(({ row, wish }) =>
      "refusal" in wish ? [{ indicatorId: row.key, value: row.value, reason: wish.refusal }] : [],
    ),
  };
};

const rowSchema = z.object({
  id: z.string(),
  key: z.string(),
  value: z.string(),
  shown: driftShownSchema.nullable(),
  action: z.enum(ACTIONS).nullable(),
});
type Row = z.output<typeof rowSchema>;

type Wish = {
  absent: boolean;
  action: string | null;
  severity: string | null;
  expires_at: string | null;
  title: string | null;
  description: string | null;
};

const ABSENT: Wish = {
  ...{ absent: true, action: null, severity: null, expires_at: null },
  ...{ title: null, description: null },
};

type Around = { rule: SecondPersonRule; standing: StandingRecords };

const toWish = (
  { id, shown, action: before }: Row,
  { rule, standing: { kind, byIndicator } }: Around,
): Wish | { refusal: string } => {
  if (shown === null)
    return { refusal: "How it stands there was not noted. It can be adopted after the next comparison." };
  if (shown.kind !== "changed") return ABSENT;
  const unadoptable = findUnadoptable(shown.changes);
  if (unadoptable !== null) return { refusal: unadoptable };
  const adoption = toAdoption(shown);
  if (Object.values(adoption).every((one) => one === null))
    return {
      refusal: "There it never ends, and nothing else was changed. Every record of ours ends: put it right.",
    };
  const record = byIndicator.get(id);
  if (record === undefined) return { refusal: "What stands there changed a moment ago. Load the page anew." };
  const undone = findUndone(adoption, { ...record, limits: textLimits(kind) });
  if (undone !== null) return { refusal: undone };
  const { action, severity, expiresAt, title, description } = adoption;
  if (needsSecondPerson({ action: action ?? before }, rule))
    return {
      refusal:
        "Your team asks for a second person for that. Edit the indicator itself: there it waits for another member. Then put this right.",
    };
  return {
    ...{ absent: false, action, severity, title, description },
    expires_at: expiresAt?.toISOString() ?? null,
  };
};

const toAdoption = ({ changes, action, severity, expiresAt, title, description }: DriftShown): Adoption => ({
  action: changes.includes("action") ? (action ?? null) : null,
  severity: changes.includes("severity") ? (severity ?? null) : null,
  // One that never ends is none that we can want.
  expiresAt: changes.includes("expiresAt") ? (expiresAt ?? null) : null,
  title: changes.includes("words") ? (title ?? null) : null,
  description: changes.includes("words") ? (description ?? null) : null,
});
