import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { StrangerChoice } from "@/lib/domain/delivery/drift-choices";
import { strangerShownSchema, type StrangerShown } from "@/lib/domain/delivery/shown";
import { AppError } from "@/lib/domain/errors";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { AddedIndicator } from "@/lib/domain/indicator/local";
import {
  indicatorTypeFromCode,
  strictest,
  TLP_LABELS,
  tlpCode,
  tlpFromCode,
  type Tlp,
} from "@/lib/domain/indicator/types";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { readPlanningConnector } from "@/lib/services/planning/planning-connector";
import { readStandings } from "@/lib/services/proposals/standing";

import { assertConnectorSql } from "@/lib/services/delivery/own-connector";

type Options = {
  choice: StrangerChoice;
  /** Null: all that nobody decided about. */
  remoteIds: readonly string[] | null;
  /** Why; kept in the audit. */
  reason?: string | undefined;
};
type Refused = { remoteId: string; value: string; reason: string };

/**
 * Decides about what a connector's application made at its destination and nobody here knows of. `adopt`: it joins the team's own list
 * as it stands there, so that it is ours from the next plan on. `remove`: it is marked, for somebody to review and start. `ignore`: it
 * does not come up again until it changes. Gives how many, and why others could not be. Throws `not_found` for one that is not there.
 */
export const decideStrangers = async (
  actor: Actor,
  team: TeamAccess,
  connectorId: string,
  { choice, remoteIds, reason: why }: Options,
): Promise<{ decided: number; refused: Refused[] }> => {
  const place = { connectorId, teamId: team.id };
  const found = await bulkAsTeam(team.id, (client) => readStrangers(client, { ...place, remoteIds }));
  const judged = found.map((row) => ({ row, refusal: findRefusal(row, choice) }));
  const possible = judged.flatMap(({ row, refusal }) => (refusal === null ? [row] : []));
  const added =
    choice === "adopt"
      ? await adopt(actor, team, { connectorId, rows: possible })
      : new Map<string, Adopted>();
  const chosen = possible.filter(({ remoteId }) => added.get(remoteId)?.refusal === undefined);
  if (chosen.length > 0)
    await bulkAsTeam(team.id, (client) =>
      writeChoice(client, actor, { ...place, choice, chosen, added, why }),
    );
  const refused = judged.flatMap(({ row: { remoteId, value }, refusal }) => {
    const reason = refusal ?? added.get(remoteId)?.refusal;
    return reason === undefined ? [] : [{ remoteId, value, reason }];
  });
  return { decided: chosen.length, refused };
};

type Place = { connectorId: string; teamId: string };

const readStrangers = async (
  client: PoolClient,
  { connectorId, teamId, remoteIds }: Place & Pick<Options, "remoteIds">,
): Promise<Row[]> => {
  await assertConnectorSql(client, { connectorId, teamId });
  const { rows } = await client.query(
    `SELECT remote_id AS "remoteId", type, value, shown, is_duplicate AS "isDuplicate",
       removing_since IS NOT NULL OR (removed_at IS NOT NULL AND problem IS NULL) AS "isLeaving"
     FROM stranger WHERE connector_id = $1 AND team_id = $2 AND gone_at IS NULL
       AND ($3::text[] IS NOT NULL AND remote_id = ANY ($3) OR $3 IS NULL AND choice IS NULL) ORDER BY remote_id`,
    [connectorId, teamId, remoteIds],
  );
  if (remoteIds !== null && rows.length < new Set(remoteIds).size)
    throw new AppError("not_found", "One of them is not there any more. Load the page anew.");
  return z.array(rowSchema).parse(rows);
};

const rowSchema = z.object({
  remoteId: z.string(),
  type: z.number().nullable(),
  value: z.string(),
  shown: strangerShownSchema,
  isDuplicate: z.boolean(),
  isLeaving: z.boolean(),
});
type Row = z.output<typeof rowSchema>;

const findRefusal = ({ type, isDuplicate, isLeaving }: Row, choice: StrangerChoice): string | null => {
  if (isLeaving) return "It is being removed.";
  if (choice === "ignore") return null;
  if (type === null) return "It is of a kind that Sluice does not know. Look after it in Microsoft’s portal.";
  if (choice === "adopt" && isDuplicate)
    return "It stands beside a record of yours of the same value: remove it, or ignore it.";
  return null;
};

/** Why it could not be adopted, or what it waits for. */
type Adopted = { refusal?: string; waits?: string };

type Adopting = { connectorId: string; rows: readonly Row[] };

const adopt = async (
  actor: Actor,
  team: TeamAccess,
  { connectorId, rows }: Adopting,
): Promise<ReadonlyMap<string, Adopted>> => {
  if (rows.length === 0) return new Map();
  const known = await bulkAsTeam(team.id, (client) => readKnown(client, team.id, { connectorId, rows }));
  const items = rows.map((row) => toItem(row, known.own.get(row.remoteId) ?? null));
  const answers = await addLocalIndicators(actor, team, items);
  return new Map(
    rows.map(({ remoteId }, place) => [
      remoteId,
      toAdopted(answers[place], aboveCeiling(items[place]?.tlp, known.maxTlp)),
    ]),
  );
};

/** How strictly the team's own list marks each of them already, by remote id, and what the connector lets out at most. */
const readKnown = async (
  client: PoolClient,
  teamId: string,
  { connectorId, rows }: Adopting,
): Promise<{ own: ReadonlyMap<string, Tlp>; maxTlp: Tlp }> => {
  const { policy } = await readPlanningConnector(client, { connectorId, teamId });
  const keys = new Map(
    rows.flatMap(({ remoteId, type, value }) =>
      type === null ? [] : [[remoteId, indicatorId(indicatorTypeFromCode(type), value)] as const],
    ),
  );
  const standings = await readStandings(client, teamId, [...keys.values()]);
  const own = new Map<string, Tlp>();
  for (const [remoteId, key] of keys) {
    const entry = standings.get(key)?.standing.entry;
    if (entry) own.set(remoteId, tlpFromCode(entry.tlp));
  }
  return { own, maxTlp: policy.selection.maxTlp };
};

/** Marked as there, and never less strictly than it was here. */
const toItem = ({ type, value, shown }: Row, own: Tlp | null) => {
  const tlp = shown.tlp !== null && own !== null ? strictest(shown.tlp, own) : (shown.tlp ?? own);
  return {
    value,
    ...(type !== null && { type: indicatorTypeFromCode(type) }),
    comment: commentOf(shown),
    ...(tlp !== null && { tlp }),
    ...(shown.expiresAt !== null && { validUntil: shown.expiresAt.toISOString() }),
    action: shown.action,
    severity: shown.severity,
  };
};

const aboveCeiling = (tlp: Tlp | undefined, maxTlp: Tlp): string | null =>
  tlp !== undefined && tlpCode(tlp) > tlpCode(maxTlp)
    ? `It is on your list as ${TLP_LABELS[tlp]}, which is stricter than this connector’s ceiling: plans leave it out until you change either.`
    : null;

const MOST_CHARACTERS = 1_000;

/** What is to be read of it there. */
const commentOf = ({ title, description }: StrangerShown): string =>
  [title, description]
    .filter((text) => text !== null && text.trim() !== "")
    .join(": ")
    .slice(0, MOST_CHARACTERS);

const toAdopted = (answer: AddedIndicator | undefined, above: string | null): Adopted => {
  const reason = answer?.reason ?? "It was refused.";
  switch (answer?.outcome) {
    case "added":
    case "changed":
    case "unchanged":
    case "duplicate":
      return above === null ? {} : { waits: above };
    case "proposed":
      return { waits: reason };
    case "allowlisted":
    case "rejected":
    case undefined:
      return { refusal: reason };
  }
};

type Choice = Place & {
  choice: StrangerChoice;
  chosen: readonly Row[];
  added: ReadonlyMap<string, Adopted>;
  why: string | undefined;
};

const writeChoice = async (
  client: PoolClient,
  actor: Actor,
  { connectorId, teamId, choice, chosen, added, why }: Choice,
): Promise<void> => {
  const rows = chosen.map(({ remoteId }) => ({
    remote_id: remoteId,
    problem: added.get(remoteId)?.waits ?? null,
  }));
  await client.query(
    `UPDATE stranger k SET choice = $3, decided_by = $4, decided_by_name = $5, decided_at = clock_timestamp(),
       problem = s.problem, removing_since = NULL, removed_at = NULL, removal_tries = 0
     FROM (
       SELECT x.remote_id, w.problem FROM stranger x JOIN jsonb_to_recordset($2::jsonb) AS w (remote_id text, problem text)
         ON w.remote_id = x.remote_id
       WHERE x.connector_id = $1 ORDER BY x.remote_id FOR UPDATE OF x
     ) s
     WHERE k.connector_id = $1 AND k.remote_id = s.remote_id`,
    [connectorId, JSON.stringify(rows), choice, actor.userId, actor.name],
  );
  const subject = { type: "connector", id: connectorId };
  const records = chosen.slice(0, 20).map(({ remoteId, value }) => ({ remoteId, value }));
  const detail = { choice, count: chosen.length, records, ...(why !== undefined && { reason: why }) };
  await recordAuditSql(client, { teamId, doer: asDoer(actor), action: "stranger.decide", subject, detail });
};
