import "server-only";

import { asActor, bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { keptIndicatorSchema, type LocalIndicator } from "@/lib/domain/indicator/local";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";

import { PROPOSAL_SELECT, toProposalView, type ProposalView } from "./proposal-view";
import { readStandings, standingSchema, type Standing } from "./standing";

type ListOptions = {
  teamIds: readonly string[];
  state?: ProposalView["state"] | undefined;
  limit: number;
  /** The last one of the page before. */
  after: { at: string; id: string } | null;
};
type ProposalPage = { proposals: ProposalView[]; next: { at: string; id: string } | null };

/** Proposals of the teams given, newest first. */
export const listProposals = (
  actor: Actor,
  { teamIds, state, limit, after }: ListOptions,
): Promise<ProposalPage> =>
  asActor(actor, async (tx) => {
    const rows = await tx.proposal.findMany({
      where: {
        teamId: { in: [...teamIds] },
        ...(state !== undefined && { state }),
        ...(after !== null && {
          OR: [{ proposedAt: { lt: after.at } }, { proposedAt: after.at, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ proposedAt: "desc" }, { id: "desc" }],
      take: limit + 1,
      select: PROPOSAL_SELECT,
    });
    const proposals = rows.slice(0, limit).map(toProposalView);
    const last = rows.length > limit ? proposals.at(-1) : undefined;
    return { proposals, next: last ? { at: last.proposedAt.toISOString(), id: last.id } : null };
  });

/** How many changes of the team wait for a second person, and whether the team asks for one at all. */
export const countOpenProposals = (
  actor: Actor,
  teamId: string,
): Promise<{ open: number; isAsked: boolean }> =>
  asActor(actor, async (tx) => {
    const open = await tx.proposal.count({ where: { teamId, state: "open" } });
    const team = await tx.team.findUnique({
      where: { id: teamId },
      select: { secondPerson: true, secondPersonWithdrawals: true },
    });
    return {
      open,
      isAsked: team !== null && (team.secondPerson !== "off" || team.secondPersonWithdrawals),
    };
  });

/** The newest open proposal of a team of the actor's that names an indicator; null: none does. */
export const findOpenProposalOf = (
  actor: Actor,
  { teamId, indicatorId }: { teamId: string; indicatorId: string },
): Promise<ProposalView | null> =>
  asActor(actor, async (tx) => {
    const [found] = await tx.$queryRaw<{ id: string }[]>`
      SELECT p.id FROM proposal p WHERE p.team_id = ${teamId}::uuid AND p.state = 'open' AND EXISTS (
        SELECT FROM proposal_item i WHERE i.proposal_id = p.id AND i.indicator_key = ${indicatorId}::uuid)
      ORDER BY p.proposed_at DESC LIMIT 1`;
    if (!found) return null;
    return toProposalView(
      await tx.proposal.findUniqueOrThrow({ where: { id: found.id }, select: PROPOSAL_SELECT }),
    );
  });

/** A proposal of one of the actor's teams. A foreign one and an unknown one are both `not_found`. */
export const getProposal = async (actor: Actor, id: string): Promise<ProposalView> => {
  const teamIds = actor.teams.map((team) => team.id);
  const row = await asActor(actor, (tx) =>
    tx.proposal.findFirst({ where: { id, teamId: { in: teamIds } }, select: PROPOSAL_SELECT }),
  );
  if (!row) throw new AppError("not_found", "There is no such proposal among those you can see.");
  return toProposalView(row);
};

export type ProposalItem = {
  line: number;
  /** The indicator's public id. */
  id: string;
  type: IndicatorType;
  value: string;
  before: Standing;
  /** Null: it is to be withdrawn. */
  after: LocalIndicator | null;
  /** It stands otherwise now than it did: the proposal cannot be approved any more. */
  isStale: boolean;
};

type ItemOptions = { limit: number; after: number };
type ItemPage = { items: ProposalItem[]; next: number | null };

/** The values of a proposal in its order, behind a line; whether each is stale is asked only while it is open. */
export const listProposalItems = (
  { id, teamId, state }: ProposalView,
  { limit, after }: ItemOptions,
): Promise<ItemPage> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query<ItemRow>(
      `SELECT line, indicator_key AS id, type, value, before, after, seen FROM proposal_item
       WHERE proposal_id = $1 AND team_id = $2 AND line > $3 ORDER BY line LIMIT $4`,
      [id, teamId, after, limit + 1],
    );
    const page = rows.slice(0, limit);
    const standings =
      state === "open"
        ? await readStandings(
            client,
            teamId,
            page.map((row) => row.id),
          )
        : null;
    const items = page.map(({ seen, type, ...row }) => ({
      ...row,
      type: indicatorTypeFromCode(type),
      before: standingSchema.parse(row.before),
      after: row.after === null ? null : keptIndicatorSchema.parse(row.after),
      isStale: standings !== null && standings.get(row.id)?.seen !== seen,
    }));
    return { items, next: rows.length > limit ? (page.at(-1)?.line ?? null) : null };
  });

type ItemRow = {
  line: number;
  id: string;
  type: number;
  value: string;
  before: unknown;
  after: unknown;
  seen: string;
};
