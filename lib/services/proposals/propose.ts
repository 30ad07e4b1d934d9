import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { LocalIndicator } from "@/lib/domain/indicator/local";
import { indicatorTypeCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import { readStandings } from "./standing";

type ProposedItem = {
  /** The public id. */
  id: string;
  type: IndicatorType;
  value: string;
  /** How it is to stand in the team's own list; null: it is to be withdrawn. */
  after: LocalIndicator | null;
};

type Proposal = {
  teamId: string;
  author: Actor;
  operation: "add" | "withdraw";
  reason: string;
  items: readonly ProposedItem[];
  now: Date;
};

const VALUES_IN_AUDIT = 20;

/**
 * Keeps a change of the team's own list, in the caller's transaction, until another member decides; each value with how it
 * stands now, so that the change is refused when that has become another. Gives the proposal's id.
 */
export const propose = async (
  client: PoolClient,
  { teamId, author, operation, reason, items, now }: Proposal,
): Promise<string> => {
  const id = randomUUID();
  await client.query(
    `INSERT INTO proposal (id, team_id, operation, reason, items, proposed_by, proposed_by_name, proposed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, teamId, operation, reason, items.length, author.userId, author.name, now],
  );
  const standings = await readStandings(
    client,
    teamId,
    items.map((item) => item.id),
  );
  await client.query(
    `INSERT INTO proposal_item (proposal_id, team_id, line, indicator_key, type, value, after, before, seen)
     SELECT $1, $2, x.line, x.key, x.type, x.value, nullif(x.after, 'null'::jsonb), x.before, x.seen
     FROM jsonb_to_recordset($3) AS x (line int, key uuid, type smallint, value text, after jsonb, before jsonb, seen text)`,
    [
      id,
      teamId,
      JSON.stringify(
        items.map(({ id: key, type, value, after }, index) => {
          const found = standings.get(key);
          if (!found) throw new Error("A value has no standing.");
          const { standing: before, seen } = found;
          return { line: index + 1, key, type: indicatorTypeCode(type), value, after, before, seen };
        }),
      ),
    ],
  );
  const subject = { type: "proposal", id };
  const values = items.slice(0, VALUES_IN_AUDIT).map(({ value }) => value);
  const detail = { operation, items: items.length, values, ...(reason !== "" && { reason }) };
  await recordAuditSql(
    client,
    { teamId, doer: asDoer(author), action: "proposal.create", subject, detail },
    now,
  );
  return id;
};
