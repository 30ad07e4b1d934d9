import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { ACTIONS } from "@/lib/domain/connector/actions";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { ROW_FORMATS } from "@/lib/services/indicators/export-rows";
import { listForeign } from "@/lib/services/reconcile/list-foreign";

import { openConnector } from "./open-connector";
import { FILES, partSchema, unsentFile } from "./unsent-file";

const foreignSchema = z.object({
  remoteId: z.string(),
  indicatorId: z.uuid().meta({ description: "Of the value, whether or not the team has it." }),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  action: z.string().nullable(),
  deviceGroups: z.array(z.string()),
  maker: z.string().nullable().meta({ description: "An application's id or a person's name." }),
  makerName: z.string().nullable(),
  seenAt: timeSchema.meta({ description: "When it was first seen there." }),
  isWanted: z.boolean().meta({ description: "A feed of the team names it as well." }),
});

const filter = {
  q: partSchema.meta({ description: "A part of the value." }),
  type: z.enum(INDICATOR_TYPES).optional(),
  action: z.enum(ACTIONS).optional(),
  maker: partSchema.meta({ description: "A part of whoever made it." }),
  wanted: z
    .enum(["true", "false"])
    .default("false")
    .meta({ description: "`true`: what a feed of the team names as well." }),
};

export const listForeignRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/foreign",
  summary: "List what others made at the destination",
  description:
    "By the last reading, where an application of the team sees the whole tenant; elsewhere it is empty. Sluice neither changes nor takes over any of it: whoever made a record removes it at Microsoft, then what the team wants goes out.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: listQuerySchema.extend(filter),
  answer: { status: 200, schema: pageOf(foreignSchema) },
  run: async ({ actor, params, query: { cursor, wanted, ...query } }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    const after = decodeCursor(cursor, z.tuple([z.string().max(1_000)]))?.[0] ?? null;
    const { records, next } = await listForeign(connector, { ...query, wanted: wanted === "true", after });
    return { data: records, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const downloadForeignRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/foreign/download",
  summary: "Download what others made at the destination",
  description: FILES,
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: z.strictObject({ ...filter, format: z.enum(ROW_FORMATS).default("json") }),
  answer: { status: 200, files: ["application/json", "text/csv"] },
  run: async ({ actor, params, query: { format, wanted, ...asked } }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    const by = { ...asked, wanted: wanted === "true" };
    return unsentFile(actor, connector, { list: "foreign", format, filter: by });
  },
});
