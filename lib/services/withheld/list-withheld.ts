import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { WITHHELD_SCOPES, type WithheldScope } from "@/lib/domain/delivery/withhold-input";
import { AppError } from "@/lib/domain/errors";

/** What a person holds back, with the plans that take back what stands of it. */
export type WithheldView = {
  id: string;
  teamId: string;
  scope: WithheldScope;
  feedId: string | null;
  runId: string | null;
  subject: string;
  reason: string;
  createdAt: Date;
  createdBy: string;
  /** When it lifts itself; null: somebody lifts it. */
  until: Date | null;
  liftedAt: Date | null;
  liftedBy: string | null;
  plans: { id: string; connectorId: string; connector: string; state: string; remove: number }[];
};

const MOST = 100;

/** What is and was held back in the teams: what stands first, then newest first. */
export const listWithheld = (actor: Actor, teamIds: readonly string[]): Promise<WithheldView[]> =>
  asActor(actor, (tx) => read(tx, { teamIds, id: null }));

/** One of a team the actor has a part in. A foreign one and an unknown one are the same `not_found`. */
export const getWithheld = async (actor: Actor, id: string): Promise<WithheldView> => {
  const teamIds = actor.teams.map((team) => team.id);
  const [found] = await asActor(actor, (tx) => read(tx, { teamIds, id }));
  if (!found) throw new AppError("not_found", "Nothing of that id is held back.");
  return found;
};

type Asked = { teamIds: readonly string[]; id: string | null };

const read = async (tx: Tx, { teamIds, id }: Asked): Promise<WithheldView[]> => {
  const rows = await tx.withheld.findMany({
    where: { teamId: { in: [...teamIds] }, ...(id !== null && { id }) },
    orderBy: [{ liftedAt: { sort: "desc", nulls: "first" } }, { createdAt: "desc" }],
    take: MOST,
    select: {
      ...{ id: true, teamId: true, scope: true, feedId: true, runId: true, subject: true, reason: true },
      ...{ createdAt: true, createdByName: true, until: true, liftedAt: true, liftedByName: true },
    },
  });
  const plans = await tx.$queryRaw<(WithheldView["plans"][number] & { withheldId: string })[]>`
    SELECT p.withheld_id AS "withheldId", p.id, c.id AS "connectorId", c.name AS connector, p.state::text, p.remove
    FROM plan p JOIN connector c ON c.id = p.connector_id
    WHERE p.withheld_id = ANY (${rows.map((row) => row.id)}::uuid[]) AND p.superseded_at IS NULL ORDER BY p.created_at DESC, p.id`;
  return rows.map(({ createdByName, liftedByName, scope, ...row }) => ({
    ...row,
    scope: z.enum(WITHHELD_SCOPES).parse(scope),
    createdBy: createdByName,
    liftedBy: liftedByName,
    plans: plans.flatMap(({ withheldId, ...plan }) => (withheldId === row.id ? [plan] : [])),
  }));
};
