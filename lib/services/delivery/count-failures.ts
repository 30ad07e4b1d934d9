import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { isLeftOut } from "@/lib/db/queries/left-out";

/** Failed receipts by what that leaves behind. */
export type Failures = {
  /** The destination did not take it, as an addition or as a change. */
  refused: number;
  /** It was to be removed and stands there: that was refused, or accepted and not carried out. */
  standing: number;
  /** It was sent and never answered: it may stand there or not. */
  unanswered: number;
  /** It was sent and never answered, and a person left it out of its push: what was to be changed or removed may stand as before. No plan settles it before it changes or somebody asks for it. */
  leftOut: number;
  /** It stood there by another team's application, and was refused when it was to be made anew. */
  lost: number;
};
export const NO_FAILURES: Failures = { refused: 0, standing: 0, unanswered: 0, leftOut: 0, lost: 0 };

type Options = { connectorIds: readonly string[]; teamIds: readonly string[] };

/** What failed at each of the connectors; nothing for those where nothing did. A push that is forgotten leaves its failures among the refused. */
export const countFailures = async (
  tx: Tx,
  { connectorIds, teamIds }: Options,
): Promise<ReadonlyMap<string, Failures>> => {
  const rows = await tx.$queryRaw<(Failures & { id: string })[]>`
    SELECT f.id, (count(*) FILTER (WHERE f.kind = 'refused'))::int AS refused, (count(*) FILTER (WHERE f.kind = 'standing'))::int AS standing,
      (count(*) FILTER (WHERE f.kind = 'unanswered'))::int AS unanswered,
      (count(*) FILTER (WHERE f.kind = 'left-out'))::int AS "leftOut", (count(*) FILTER (WHERE f.kind = 'lost'))::int AS lost
    FROM (
      SELECT r.connector_id AS id, CASE
        WHEN r.still_shown OR (i.operation = 'remove' AND i.state = 'failed') THEN 'standing'
        WHEN ${LEFT_OUT} THEN 'left-out'
        WHEN i.state = 'sending' THEN 'unanswered'
        -- Its own push had it there.
        WHEN i.state = 'accepted' THEN 'lost' ELSE 'refused' END AS kind
      FROM receipt r LEFT JOIN push_item i ON i.push_id = r.push_id AND i.indicator_id = r.indicator_id
      WHERE r.connector_id = ANY (${[...connectorIds]}::uuid[]) AND r.team_id = ANY (${[...teamIds]}::uuid[]) AND r.state = 'failed'
    ) f GROUP BY f.id`;
  return new Map(rows.map(({ id, ...failures }) => [id, failures]));
};

const LEFT_OUT = Prisma.raw(isLeftOut("r"));
