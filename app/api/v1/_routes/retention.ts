import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { retentionPatchSchema } from "@/lib/domain/feed/retention";
import { getRetention, updateRetention } from "@/lib/services/operations/retention";

const retentionAnswerSchema = z.object({
  generations: z.number(),
  bodyDays: z.number(),
  runDays: z.number(),
  attributionDays: z.number(),
  pushDays: z.number(),
});

export const getRetentionRoute = defineRoute({
  method: "GET",
  path: "/system/retention",
  summary: "See how long what feeds brought and what was sent is kept",
  description:
    "For administrators. What was fetched: the last `generations` of each feed and `bodyDays`, whichever is more. Runs: `runDays`. Entries that ended: as long as a kept run may need them and `attributionDays`. Pushes that ended, with their plans: `pushDays`; the newest of a connector stay.",
  tags: ["System"],
  permission: "admin.system",
  answer: { status: 200, schema: retentionAnswerSchema },
  run: ({ actor }) => getRetention(actor),
});

export const updateRetentionRoute = defineRoute({
  method: "PATCH",
  path: "/system/retention",
  summary: "Change how long what feeds brought and what was sent is kept",
  tags: ["System"],
  permission: "admin.system",
  body: retentionPatchSchema,
  answer: { status: 200, schema: retentionAnswerSchema },
  run: ({ actor, body }) => updateRetention(actor, body),
});
