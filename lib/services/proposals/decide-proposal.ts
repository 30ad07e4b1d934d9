import "server-only";

import type { PoolClient } from "pg";

import { requireInTeam } from "@/lib/auth/require";
import { lockTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { openScreenerOf } from "@/lib/services/allowlists/open-screener";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { readKeptItems } from "@/lib/services/indicators/add-local-indicators";
import { carryOutWithdrawal } from "@/lib/services/indicators/withdraw-indicator";
import { writeLocalItems, type Authorship } from "@/lib/services/indicators/write-local-items";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import type { ProposalView } from "./proposal-view";
import { readStandings } from "./standing";

/**
 * Lets another member's change in, exactly as it was proposed: all of it or nothing. Throws `forbidden` for the author, and
 * `stale` where a value stands otherwise now than the proposal shows.
 */
export const approveProposal = async (actor: Actor, { id, teamId }: ProposalView): Promise<void> => {
  const team = requireInTeam(actor, "indicator.approve", teamId, "proposal");
  const screener = await openScreenerOf(team.id);
  await bulkAsTeam(team.id, async (client) => {
    await lockTeam(client, team.id);
    const proposal = await openProposal(client, team.id, id);
    if (proposal.proposedBy === actor.userId)
      throw new AppError(
        "forbidden",
        "You proposed this yourself. Another member of the team must approve it.",
      );
    const items = await readItemsOf(client, team.id, id);
    await assertStandsAsSeen(client, team.id, items);
    const authorship = await authorshipOf(client, proposal, actor);
    if (proposal.operation === "withdraw") {
      const keys = items.map((item) => item.id);
      await carryOutWithdrawal(client, { ...authorship, teamId, keys, reason: proposal.reason });
    } else {
      const read = readKeptItems(
        items.map(({ after }) => after),
        screener,
      );
      for (const item of read)
        if ("reason" in item)
          throw new AppError(
            "stale",
            `“${item.text}” cannot be added any more: ${item.reason} ${PROPOSE_ANEW}`,
          );
      await writeLocalItems(client, { ...authorship, team, read, screenedBy: screener.version });
    }
    await close(client, actor, { proposal, state: "approved", reason: null });
  });
  await relayOutbox();
};

/** Refuses another member's change, with the reason that its author reads. */
export const declineProposal = (
  actor: Actor,
  { id, teamId }: ProposalView,
  reason: string,
): Promise<void> => {
  const team = requireInTeam(actor, "indicator.approve", teamId, "proposal");
  return bulkAsTeam(team.id, async (client) => {
    const proposal = await openProposal(client, team.id, id);
    if (proposal.proposedBy === actor.userId)
      throw new AppError("forbidden", "You proposed this yourself: cancel it instead.");
    await close(client, actor, { proposal, state: "declined", reason });
  });
};

/** Takes the actor's own proposal back. */
export const cancelProposal = (actor: Actor, { id, teamId }: ProposalView): Promise<void> => {
  const team = requireInTeam(actor, "indicator.write", teamId, "proposal");
  return bulkAsTeam(team.id, async (client) => {
    const proposal = await openProposal(client, team.id, id);
    if (proposal.proposedBy !== actor.userId)
      throw new AppError("forbidden", "Only its author may cancel a proposal. Decline it instead.");
    await close(client, actor, { proposal, state: "cancelled", reason: null });
  });
};

type OpenProposal = {
  id: string;
  teamId: string;
  operation: string;
  reason: string;
  items: number;
  proposedBy: string;
  proposedByName: string;
};

/** The proposal, locked; `conflict` when somebody has decided already. */
const openProposal = async (client: PoolClient, teamId: string, id: string): Promise<OpenProposal> => {
  const { rows } = await client.query<OpenProposal & { state: string; decidedByName: string | null }>(
    `SELECT id, team_id AS "teamId", operation, state, reason, items, proposed_by AS "proposedBy",
       proposed_by_name AS "proposedByName", decided_by_name AS "decidedByName"
     FROM proposal WHERE id = $1 AND team_id = $2 FOR UPDATE`,
    [id, teamId],
  );
  const [proposal] = rows;
  if (!proposal) throw new AppError("not_found", "There is no such proposal among those you can see.");
  if (proposal.state !== "open")
    throw new AppError(
      "conflict",
      `It was ${proposal.state} already, by ${proposal.decidedByName ?? "somebody"}.`,
    );
  return proposal;
};

type Item = { id: string; value: string; after: unknown; seen: string };

const readItemsOf = async (client: PoolClient, teamId: string, id: string): Promise<Item[]> => {
  const { rows } = await client.query<Item>(
    `SELECT indicator_key AS id, value, after, seen FROM proposal_item
     WHERE proposal_id = $1 AND team_id = $2 ORDER BY line`,
    [id, teamId],
  );
  return rows;
};

const assertStandsAsSeen = async (
  client: PoolClient,
  teamId: string,
  items: readonly Item[],
): Promise<void> => {
  const standings = await readStandings(
    client,
    teamId,
    items.map(({ id }) => id),
  );
  const changed = items.filter(({ id, seen }) => standings.get(id)?.seen !== seen);
  const [first] = changed;
  if (!first) return;
  const more = changed.length === 1 ? "" : ` and ${String(changed.length - 1)} more`;
  throw new AppError("stale", `“${first.value}”${more} changed since this was proposed. ${PROPOSE_ANEW}`);
};

const PROPOSE_ANEW = "Nothing was done. Decline this one and have it proposed anew.";

const authorshipOf = async (
  client: PoolClient,
  { proposedBy: id, proposedByName: name }: OpenProposal,
  actor: Actor,
): Promise<Authorship> => {
  const { rows } = await client.query<{ email: string }>("SELECT email FROM app_user WHERE id = $1", [id]);
  const email = rows[0]?.email;
  const doer = { id, name: email === undefined ? name : `${name} <${email}>` };
  return { author: { id, name, doer }, approvedBy: actor.name };
};

type Decision = {
  proposal: OpenProposal;
  state: "approved" | "declined" | "cancelled";
  reason: string | null;
};

const close = async (
  client: PoolClient,
  actor: Actor,
  { proposal, state, reason }: Decision,
): Promise<void> => {
  const now = new Date();
  const { id, teamId, operation, items, proposedByName } = proposal;
  await client.query(
    `UPDATE proposal SET state = $2, decided_by = $3, decided_by_name = $4, decided_at = $5, decision_reason = $6
     WHERE id = $1`,
    [id, state, actor.userId, actor.name, now, reason],
  );
  await recordAuditSql(
    client,
    {
      ...{ teamId, doer: asDoer(actor), action: AUDIT[state], subject: { type: "proposal", id } },
      detail: { operation, items, proposedBy: proposedByName, ...(reason !== null && { reason }) },
    },
    now,
  );
};

const AUDIT = {
  approved: "proposal.approve",
  declined: "proposal.decline",
  cancelled: "proposal.cancel",
} as const;
