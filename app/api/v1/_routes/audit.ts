import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { listAudit } from "@/lib/services/audit/list-audit";
import { verifyAudit } from "@/lib/services/audit/verify-audit";

const entrySchema = z.object({
  id: z.string(),
  at: timeSchema,
  team: z.string().nullable().meta({ description: "The team's slug; null for what belongs to no team." }),
  actorId: z.uuid().nullable(),
  actorName: z.string(),
  action: z.string(),
  subjectType: z.string(),
  subjectId: z.string(),
  detail: z.unknown(),
});

const instantSchema = z.iso.datetime({ offset: true });
const idSchema = z.string().regex(/^\d{1,18}$/);

export const listAuditRoute = defineRoute({
  method: "GET",
  path: "/audit",
  summary: "Who did what",
  description:
    "In the teams you have a part in; for administrators, in the whole installation. Newest first.",
  tags: ["Audit"],
  permission: "audit.read",
  query: listQuerySchema.extend({
    team: z.string().max(60).optional(),
    actorId: z.uuid().optional(),
    action: z
      .string()
      .max(60)
      .optional()
      .meta({ description: "`feed.create`, or `feed.` for everything about feeds." }),
    subjectId: z.string().max(60).optional(),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
  }),
  answer: { status: 200, schema: pageOf(entrySchema) },
  run: async ({ actor, query: { limit, cursor, team, from, to, ...filter }, inTeam }) => {
    const { entries, next } = await listAudit(actor, {
      ...filter,
      limit,
      before: decodeCursor(cursor, idSchema),
      teamId: team === undefined ? undefined : inTeam(team).id,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    });
    return { data: entries, nextCursor: next === null ? null : encodeCursor(next) };
  },
});

export const verifyAuditRoute = defineRoute({
  method: "GET",
  path: "/audit/verification",
  summary: "Follow the hash chain over the audit log and say where it first breaks",
  description:
    "For administrators. Compare `head` with one kept elsewhere: a chain cannot tell that its end was cut off.",
  tags: ["Audit"],
  permission: "admin.audit",
  answer: {
    status: 200,
    schema: z.object({
      ok: z.boolean(),
      checked: z.int(),
      head: z.object({ seq: z.string(), hash: z.string() }).nullable(),
      broken: z.object({ seq: z.string(), entryId: z.string(), reason: z.string() }).nullable(),
      unsealed: z.int(),
    }),
  },
  run: () => verifyAudit(),
});
