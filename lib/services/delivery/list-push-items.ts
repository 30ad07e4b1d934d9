import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { idThere } from "@/lib/db/queries/standing-ids";
import { asTeam } from "@/lib/db/scope";
import { PUSH_ITEM_STATES, type PushItemFilter } from "@/lib/domain/delivery/push-items";
import { RECEIPT_STATES } from "@/lib/domain/delivery/receipt-states";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { queryOf } from "@/lib/services/indicators/list-indicators-rows";
import { readPlace, walkInOrder } from "@/lib/services/planning/select-plan-items";

export type PushItemView = z.output<typeof itemSchema>;

type Push = { id: string; teamId: string };
type Options = {
  state?: PushItemFilter | undefined;
  limit: number;
  /** The `next` of the page before. */
  after: string | null;
};

/** What became of each item of a push, in a stable order, with its receipt as that is now, by this push or a later one. */
export const listPushItems = async (
  { id, teamId }: Push,
  { state, limit, after }: Options,
): Promise<{ items: PushItemView[]; next: string | null }> => {
  const place = readPlace(after);
  const rows = await asTeam(teamId, async (tx) => {
    await walkInOrder(queryOf(tx));
    return tx.$queryRaw<{ row: string }[]>`
      SELECT i.indicator_id::text AS row, x.key AS "indicatorId", x.type, x.value, i.operation, i.state::text, i.reason,
        i.sent_at AS "sentAt", i.finished_at AS "finishedAt", r.state::text AS "receiptState",
        coalesce(r.push_id = i.push_id, false) AS "isNewest", ${REMOTE_ID} AS "remoteId", r.visible_at AS "visibleAt"
      ${PUSH_ITEMS} JOIN indicator x ON x.id = i.indicator_id
      WHERE i.push_id = ${id}::uuid AND i.team_id = ${teamId}::uuid AND i.indicator_id > ${place}::bigint AND ${where(state)}
      ORDER BY i.indicator_id LIMIT ${limit + 1}`;
  });
  const page = rows.slice(0, limit);
  return {
    items: page.map((row) => itemSchema.parse(row)),
    next: rows.length > limit ? (page.at(-1)?.row ?? null) : null,
  };
};

/** What was seen since of what a push put there and took away, where no later push decides about it. */
export type SeenSince = {
  /** Of the accepted ones. */
  visible: number;
  /** Of the removed ones. */
  gone: number;
  /** Of the removed ones: not seen gone yet, or shown all the same. */
  unconfirmed: number;
};
export const NOTHING_SEEN: SeenSince = { visible: 0, gone: 0, unconfirmed: 0 };

/** How much of what a push put there and took away was seen since. */
export const countSeen = async ({ id, teamId }: Push): Promise<SeenSince> => {
  const [row] = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<SeenSince[]>`
      SELECT (count(*) FILTER (WHERE ${where("visible")}))::int AS visible, (count(*) FILTER (WHERE ${where("gone")}))::int AS gone,
        (count(*) FILTER (WHERE ${where("unconfirmed")}))::int AS unconfirmed
      ${PUSH_ITEMS} WHERE i.push_id = ${id}::uuid AND i.team_id = ${teamId}::uuid`,
  );
  return row ?? NOTHING_SEEN;
};

const REMOTE_ID = Prisma.raw(idThere("remote_id"));

const PUSH_ITEMS = Prisma.sql`FROM push_item i JOIN push ON push.id = i.push_id
  LEFT JOIN receipt r ON r.connector_id = push.connector_id AND r.indicator_id = i.indicator_id`;

const where = (state: PushItemFilter | undefined): Prisma.Sql => {
  if (state === undefined) return Prisma.sql`true`;
  if (state === "open") return Prisma.sql`i.state IN ('pending', 'sending')`;
  if (state === "visible")
    return Prisma.sql`(i.state = 'accepted' AND r.state = 'visible' AND r.push_id = i.push_id)`;
  if (state === "gone")
    return Prisma.sql`(i.state = 'removed' AND r.state = 'gone' AND r.push_id = i.push_id)`;
  if (state === "unconfirmed")
    return Prisma.sql`(i.state = 'removed' AND r.removed_at IS NOT NULL AND r.push_id = i.push_id)`;
  return Prisma.sql`i.state = ${state}::push_item_state`;
};

const time = z.date().nullable();
const itemSchema = z.object({
  indicatorId: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  operation: z.enum(["add", "change", "remove"]),
  state: z.enum(PUSH_ITEM_STATES),
  reason: z.string().nullable(),
  sentAt: time,
  finishedAt: time,
  /** What its receipt says now; null where there is none. */
  receiptState: z.enum(RECEIPT_STATES).nullable(),
  /** No later push of the connector held the value. */
  isNewest: z.boolean(),
  remoteId: z.string().nullable(),
  visibleAt: time,
});
