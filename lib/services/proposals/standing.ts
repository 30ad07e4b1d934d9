import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import type { WholeLine } from "@/lib/domain/indicator/merge-lines";
import { tlpFromCode } from "@/lib/domain/indicator/types";

/** How a value stands with a team, as far as a proposal shows it. */
export const standingSchema = z.object({
  /** Somebody vouches for it, and no person withdrew it. */
  isActive: z.boolean(),
  /** What stands in the team's own list; null: nothing. */
  entry: z
    .object({
      confidence: z.number(),
      tlp: z.number(),
      tags: z.array(z.string()),
      comment: z.string(),
      validUntil: z.coerce.date().nullable(),
      action: z.string().nullable(),
      severity: z.string().nullable(),
    })
    .nullable(),
  /** Why a person withdrew it; null: nobody did, or it was lifted. */
  withdrawnBecause: z.string().nullable(),
  /** Other feeds of the team that vouch for it. */
  feeds: z.array(z.string()),
});
export type Standing = z.output<typeof standingSchema>;

/** Whether a value stands in the team's own list exactly so, so that adding it changes nothing. */
export const standsAlready = (standing: Standing | undefined, after: WholeLine): boolean => {
  if (!standing?.isActive || standing.withdrawnBecause !== null || standing.entry === null) return false;
  const { confidence, tlp, tags, comment, validUntil, action, severity } = standing.entry;
  return (
    confidence === after.confidence &&
    tlpFromCode(tlp) === after.tlp &&
    tags.toSorted().join("\n") === after.tags.toSorted().join("\n") &&
    comment === after.comment &&
    (validUntil?.toISOString() ?? null) === after.validUntil &&
    action === after.action &&
    severity === after.severity
  );
};

/** `seen` names the standing: another one means that a person changed the value, or that it came or went. */
export type SeenStanding = { standing: Standing; seen: string };

const rowSchema = standingSchema.extend({ key: z.uuid(), seen: z.string() });

/** How each value stands with the team now; one that nobody ever had stands as nothing. */
export const readStandings = async (
  client: PoolClient,
  teamId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, SeenStanding>> => {
  const { rows } = await client.query(
    `SELECT k.key, coalesce(t.active, false) AS "isActive", x.reason AS "withdrawnBecause",
       CASE WHEN own.id IS NOT NULL THEN json_build_object('confidence', own.confidence, 'tlp', own.tlp, 'tags', own.tags,
         'comment', own.comment, 'validUntil', own.valid_until, 'action', own.context->>'action',
         'severity', own.context->>'severity') END AS entry,
       array(SELECT f.name FROM attribution a JOIN feed f ON f.id = a.feed_id
         WHERE a.team_id = $1 AND a.indicator_id = i.id AND a.until_generation IS NULL AND f.kind <> 'local'
         ORDER BY f.name) AS feeds,
       concat_ws('/', coalesce(own.id::text, '-'), coalesce(x.id::text, '-'), coalesce(t.active, false)::text) AS seen
     FROM unnest($2::uuid[]) AS k (key)
     LEFT JOIN indicator i ON i.key = k.key
     LEFT JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = i.id
     LEFT JOIN tombstone x ON x.team_id = $1 AND x.indicator_id = i.id AND x.lifted_at IS NULL
     LEFT JOIN LATERAL (
       SELECT a.* FROM attribution a JOIN feed f ON f.id = a.feed_id AND f.kind = 'local'
       WHERE a.team_id = $1 AND a.indicator_id = i.id AND a.until_generation IS NULL LIMIT 1) own ON true`,
    [teamId, [...new Set(keys)]],
  );
  return new Map(
    rows.map((row) => {
      const { key, seen, ...standing } = rowSchema.parse(row);
      return [key, { standing, seen }];
    }),
  );
};
