import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { idThere } from "@/lib/db/queries/standing-ids";
import { asTeam } from "@/lib/db/scope";
import { RECEIPT_STATES, type ReceiptState } from "@/lib/domain/delivery/receipt-states";
import { describeStanding, type Standing } from "@/lib/domain/delivery/standing";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";

import { readPlace } from "@/lib/services/planning/select-plan-items";
import { readClaimants } from "@/lib/services/reconcile/read-claimants";

/** `standing`: how the record stands, where others claim it, too; null where nobody else does. */
export type ReceiptView = z.output<typeof receiptSchema> & { standing: Standing | null };

type Options = {
  state?: ReceiptState | undefined;
  limit: number;
  /** The `next` of the page before. */
  after: string | null;
};

/** What a destination answered about each indicator of a connector, newest indicators first. */
export const listReceipts = async (
  { id, teamId }: { id: string; teamId: string },
  { state, limit, after }: Options,
): Promise<{ receipts: ReceiptView[]; next: string | null }> => {
  const place = after === null ? null : readPlace(after);
  const rows = await asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ row: string }[]>`
      SELECT r.indicator_id::text AS row, i.key AS "indicatorId", i.type, i.value, r.state::text, ${REMOTE_ID} AS "remoteId",
        ${STIX_ID} AS "stixId", r.push_id AS "pushId", r.sent_at AS "sentAt", r.accepted_at AS "acceptedAt",
        r.visible_at AS "visibleAt", r.gone_at AS "goneAt", r.expires_at AS "expiresAt", r.reason,
        r.drift, CASE WHEN r.state = 'visible' THEN greatest(0, extract(epoch FROM r.visible_at - r.accepted_at))::float8 END AS "visibleAfterSeconds"
      FROM receipt r JOIN indicator i ON i.id = r.indicator_id
      WHERE r.connector_id = ${id}::uuid AND r.team_id = ${teamId}::uuid
        AND (${place}::bigint IS NULL OR r.indicator_id < ${place}::bigint)
        AND (${state ?? null}::text IS NULL OR r.state = ${state ?? null}::receipt_state)
      ORDER BY r.indicator_id DESC LIMIT ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const { kind, byIndicator } = await readClaimants(
    { connectorId: id, teamId },
    page.map(({ row }) => ({ row })),
  );
  const standingOf = (row: string): Standing | null => {
    const { mine, stands, others = [] } = byIndicator.get(row) ?? {};
    return mine && stands ? describeStanding(kind, { mine, stands, others }) : null;
  };
  return {
    receipts: page.map((row) => ({ ...receiptSchema.parse(row), standing: standingOf(row.row) })),
    next: rows.length > limit ? (page.at(-1)?.row ?? null) : null,
  };
};

const REMOTE_ID = Prisma.raw(idThere("remote_id"));
const STIX_ID = Prisma.raw(idThere("stix_id"));

const time = z.date().nullable();
const receiptSchema = z.object({
  indicatorId: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  state: z.enum(RECEIPT_STATES),
  remoteId: z.string().nullable(),
  stixId: z.string().nullable(),
  pushId: z.string().nullable(),
  sentAt: time,
  acceptedAt: time,
  visibleAt: time,
  goneAt: time,
  expiresAt: time,
  reason: z.string().nullable(),
  drift: z.string().nullable(),
  visibleAfterSeconds: z.number().nullable(),
});
