import "server-only";

import type { PoolClient } from "pg";

import { storedSelectionSchema } from "@/lib/domain/connector/selection-input";
import type { StandingClaim } from "@/lib/domain/delivery/decide-step";
import { saidNow } from "@/lib/domain/delivery/said-now";
import { tlpCode } from "@/lib/domain/indicator/types";
import type { Share } from "@/lib/domain/selection/share";
import { readShare } from "@/lib/domain/selection/stored-share";

import { readPublicFeeds } from "./public-feeds";

/** `sent`: the share word for word as it was when it was last sent. */
export type TeamClaim = StandingClaim & { teamId: string; sent: Share };

type ClaimRow = {
  recordId: string;
  connectorId: string;
  teamId: string;
  slug: string;
  maxTlp: string | null;
  action: string;
  severity: string;
  expiresAt: Date;
  content: unknown;
};

/** All teams' claims on the records, oldest first, with what of each may be said now. */
export const readClaims = async (
  client: PoolClient,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, TeamClaim[]>> => {
  if (recordIds.length === 0) return new Map();
  const { rows } = await client.query<ClaimRow>(
    `SELECT c.record_id AS "recordId", c.connector_id AS "connectorId", c.team_id AS "teamId", t.slug, k.selection->>'maxTlp' AS "maxTlp",
       c.action, c.severity, c.expires_at AS "expiresAt", c.content
     FROM claim c JOIN connector k ON k.id = c.connector_id JOIN team t ON t.id = c.team_id
     WHERE c.record_id = ANY ($1::uuid[]) ORDER BY c.created_at, c.connector_id`,
    [recordIds],
  );
  const isPublic = await readPublicFeeds(client, [...new Set(rows.map(({ teamId }) => teamId))]);
  const byRecord = new Map<string, TeamClaim[]>();
  for (const { recordId, connectorId, teamId, slug, maxTlp, ...row } of rows) {
    const sent = withSlug(readShare(row), slug);
    const share = saidNow(sent, (name) => isPublic(teamId, name));
    const claim = {
      connectorId,
      teamId,
      share,
      sent,
      maxTlp: tlpCode(maxTlpSchema.parse(maxTlp ?? undefined)),
    };
    const known = byRecord.get(recordId);
    if (known) known.push(claim);
    else byRecord.set(recordId, [claim]);
  }
  return byRecord;
};

const maxTlpSchema = storedSelectionSchema.shape.maxTlp;

/** A team is told from others by its slug, so one that was changed since must not make two of it. */
const withSlug = (share: Share, slug: string): Share =>
  share.content.team.slug === slug
    ? share
    : { ...share, content: { ...share.content, team: { ...share.content.team, slug } } };
