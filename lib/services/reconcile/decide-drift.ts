import "server-only";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { DriftDecision } from "@/lib/domain/delivery/drift-choices";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { adoptDrift, readStandingDrift, type Refused } from "./adopt-drift";
import type { StandingRecords } from "./read-claimants";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { assertConnectorSql } from "@/lib/services/delivery/own-connector";

type Options = {
  choice: DriftDecision;
  /** Why, where it is adopted; kept with it. */
  reason?: string;
  /** Public ids; null: all that wait for a decision. */
  indicatorIds: readonly string[] | null;
};

export type DriftDecided = { decided: number; refused: Refused[] };

/**
 * Decides about what somebody changed or removed at a connector's destination: it is put right with the next plan, how it stands
 * there becomes what the team wants there, or it is ignored until somebody changes it once more. Gives how many, and why some could not
 * be adopted. Throws `not_found` for an indicator that did not drift there.
 */
export const decideDrift = async (
  actor: Actor,
  { id: connectorId, teamId }: { id: string; teamId: string },
  { choice, reason = "", indicatorIds }: Options,
): Promise<DriftDecided> => {
  const place = { connectorId, teamId };
  const standing = choice === "adopt" ? await readStandingDrift(place, indicatorIds) : null;
  const answer = await bulkAsTeam(teamId, async (client) => {
    await assertConnectorSql(client, { connectorId, teamId });
    const found = await lockDrift(client, { connectorId, teamId, indicatorIds });
    if (indicatorIds !== null && found.length < new Set(indicatorIds).size)
      throw new AppError(
        "not_found",
        "One of them is no drift of this connector any more. Load the page anew.",
      );
    const { decided, refused } = await decide(client, actor, { ...place, choice, reason, found, standing });
    if (decided.length === 0) return { decided: 0, refused };
    const subject = { type: "connector", id: connectorId };
    const why = choice === "adopt" ? { reason } : {};
    const detail = { choice, ...why, count: decided.length, indicators: decided.slice(0, 20) };
    await recordAuditSql(client, {
      ...{ teamId, doer: asDoer(actor), action: "connector.drift-decide", subject, detail },
    });
    // Counted as a change, so that the end of a push that is under way comes back to it, and a person is asked for a plan: what is
    // ignored needs none.
    if (choice !== "ignore" || (await isAutomatic(client, connectorId)))
      await announcePlansSql(client, teamId);
    return { decided: decided.length, refused };
  });
  await relayOutbox();
  return answer;
};

type Place = { connectorId: string; teamId: string };
type Found = { id: string; key: string };

const lockDrift = async (
  client: PoolClient,
  { connectorId, teamId, indicatorIds }: Place & Pick<Options, "indicatorIds">,
): Promise<Found[]> => {
  const { rows } = await client.query<Found>(
    `SELECT y.indicator_id AS id, i.key FROM receipt y JOIN indicator i ON i.id = y.indicator_id
     WHERE y.connector_id = $1 AND y.team_id = $2 AND y.drift IS NOT NULL
       AND ($3::uuid[] IS NOT NULL AND i.key = ANY ($3) OR $3 IS NULL AND y.drift_choice IS NULL)
     ORDER BY y.indicator_id FOR UPDATE OF y`,
    [connectorId, teamId, indicatorIds],
  );
  return rows;
};

type Decision = Place &
  Required<Pick<Options, "choice" | "reason">> & {
    found: readonly Found[];
    /** Who else claims them; null where nothing is adopted. */
    standing: StandingRecords | null;
  };

const decide = async (
  client: PoolClient,
  actor: Actor,
  { choice, reason, found, standing, ...place }: Decision,
): Promise<{ decided: string[]; refused: Refused[] }> => {
  const ids = found.map(({ id }) => id);
  if (standing !== null) {
    const { adopted, refused } = await adoptDrift(client, actor, { ...place, ids, reason, standing });
    return { decided: adopted, refused };
  }
  await client.query(
    `UPDATE receipt SET drift_choice = $3 WHERE connector_id = $1 AND indicator_id = ANY ($2::bigint[])`,
    [place.connectorId, ids, choice],
  );
  return { decided: found.map(({ key }) => key), refused: [] };
};

/** Whether a connector plans by itself. */
const isAutomatic = async (client: PoolClient, connectorId: string): Promise<boolean> => {
  const { rowCount } = await client.query(
    "SELECT FROM connector WHERE id = $1 AND mode = 'automatic' AND enabled AND deleted_at IS NULL",
    [connectorId],
  );
  return rowCount === 1;
};
