import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { FileAnswer } from "@/lib/api/file-answer";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { RECEIPT_STATES } from "@/lib/domain/delivery/receipt-states";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { exportReceipts } from "@/lib/services/delivery/export-receipts";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { ROW_FORMATS } from "@/lib/services/indicators/export-rows";

import { FILE_TYPES } from "./file-types";
import { openConnector } from "./open-connector";
import { standingSchema } from "./standing-schema";

const receiptSchema = z.object({
  indicatorId: z.string(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  state: z.enum(RECEIPT_STATES),
  remoteId: z.string().nullable(),
  stixId: z.string().nullable(),
  pushId: z.string().nullable(),
  sentAt: timeSchema.nullable(),
  acceptedAt: timeSchema.nullable(),
  visibleAt: timeSchema.nullable(),
  goneAt: timeSchema.nullable(),
  expiresAt: timeSchema.nullable(),
  reason: z.string().nullable(),
  visibleAfterSeconds: z.number().nullable().meta({
    description:
      "From the destination's acceptance until the record was seen there. Looks are some time apart.",
  }),
  drift: z.string().nullable().meta({
    description:
      "What somebody else did to the record since it was confirmed. The next plan puts it right where the connector's `driftMode` is `restore` or somebody decided so; else it waits for a decision, and what was ignored stays.",
  }),
  standing: standingSchema.nullable().meta({
    description: "How the record stands where others claim it, too; null where nobody else does.",
  }),
});

const count = z.number().nullable();
export const capacitySchema = z.object({
  limit: count,
  ours: count,
  otherTeams: count,
  foreign: count,
  free: count,
  headroom: count.meta({ description: "So many places plans leave to others." }),
  isUnread: z.boolean().meta({
    description:
      "Nobody has read the destination yet, so that it is not known whether what is null may be seen.",
  }),
});
const NO_LIMIT = {
  ...{ limit: null, ours: null, otherTeams: null, foreign: null, free: null },
  ...{ headroom: null, isUnread: false },
};

export const listReceiptsRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/receipts",
  summary: "List what the destination answered about each indicator",
  tags: ["Connectors"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({ state: z.enum(RECEIPT_STATES).optional() }),
  answer: { status: 200, schema: pageOf(receiptSchema) },
  run: async ({ actor, params, query }) => {
    const connector = await openConnector(actor, params.id, "push.read");
    const { limit, state, cursor } = query;
    const after = decodeCursor(cursor, z.tuple([z.string()]))?.[0] ?? null;
    const { receipts, next } = await listReceipts(connector, { state, limit, after });
    return { data: receipts, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const downloadReceiptsRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/receipts/download",
  summary: "Download what the destination answered about each indicator",
  description:
    "All receipts of a connector, or those in one `state`; `visible` and `accepted` are what stands there. As CSV, in which no cell is taken for a formula, or as JSON with the rows as `receipts`. The file arrives while it is read; values are canonical and live. That it was taken is noted.",
  tags: ["Connectors"],
  permission: "push.read",
  params: idParamsSchema,
  query: z.strictObject({
    state: z.enum(RECEIPT_STATES).optional(),
    format: z.enum(ROW_FORMATS).default("json"),
  }),
  answer: { status: 200, files: ["application/json", "text/csv"] },
  run: async ({ actor, params, query: { format, state } }) => {
    const connector = await openConnector(actor, params.id, "push.read");
    const name = `receipts-${connector.id}${state === undefined ? "" : `-${state}`}.${format}`;
    return new FileAnswer(name, FILE_TYPES[format], exportReceipts(actor, connector, { format, state }));
  },
});

export const getCapacityRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/capacity",
  summary: "Get the fill of the destination",
  description:
    "Null is what the application may not see, what was not read yet (`isUnread`), or what the vendor does not limit.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: { status: 200, schema: capacitySchema },
  run: async ({ actor, params }) =>
    (await getCapacity(await openConnector(actor, params.id, "connector.read"))) ?? NO_LIMIT,
});
