import "server-only";

import { hash } from "node:crypto";

import type { Tx } from "@/lib/db/client";
import { stepOfTeamAsSystem } from "@/lib/db/scope";
import { recordScope } from "@/lib/domain/selection/policy";
import { contentJson, shareText, type Share } from "@/lib/domain/selection/share";
import { readShare } from "@/lib/domain/selection/stored-share";
import { keepGroupsOfWishes } from "@/lib/services/budget/budget-entries";

type Connector = { id: string; teamId: string };
/** The connector's own device groups, until now and from now on. */
type Groups = { from: readonly string[]; to: readonly string[] };

/**
 * Writes down with everything that stands under which device groups it does, before the connector gets others: they are part of what a
 * record is, so the next plan removes these and makes them anew. What stands under the new ones already is left as it is.
 */
export const keepOldGroups = async (tx: Tx, connector: Connector, groups: Groups): Promise<void> => {
  await keepGroupsOfWishes(tx, connector, groups);
  await stepOfTeamAsSystem(tx, "delivery", () => renameClaims(tx, connector, groups));
};

type ClaimRow = {
  recordId: string;
  action: string;
  severity: string;
  expiresAt: Date;
  content: unknown;
};

const renameClaims = async (tx: Tx, { id, teamId }: Connector, groups: Groups): Promise<void> => {
  const rows = await tx.$queryRaw<ClaimRow[]>`
    SELECT record_id AS "recordId", action, severity, expires_at AS "expiresAt", content FROM claim
    WHERE connector_id = ${id}::uuid AND team_id = ${teamId}::uuid ORDER BY record_id FOR UPDATE`;
  for (let from = 0; from < rows.length; from += PAGE) {
    const page = rows.slice(from, from + PAGE);
    const shares = page.map((row) => toRenamed(readShare(row), groups));
    await tx.$executeRaw`
      UPDATE claim c SET content = n.content::jsonb, content_hash = decode(n.hash, 'hex')
      FROM unnest(
        ${page.map(({ recordId }) => recordId)}::uuid[],
        ${shares.map(({ content }) => JSON.stringify(contentJson(content)))}::text[],
        ${shares.map((share) => hash("sha256", shareText(share), "hex"))}::text[]
      ) AS n (record_id, content, hash)
      WHERE c.record_id = n.record_id AND c.connector_id = ${id}::uuid`;
  }
};

const PAGE = 5_000;

const toRenamed = (share: Share, { from, to }: Groups): Share => {
  const standing = share.content.deviceGroups ?? from.toSorted();
  const deviceGroups = recordScope(standing) === recordScope(to) ? undefined : standing;
  return { ...share, content: { ...share.content, deviceGroups } };
};
