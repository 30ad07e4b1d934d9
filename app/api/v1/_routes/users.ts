import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { listUsers } from "@/lib/services/people/list-users";
import { listSessions, revokeSession } from "@/lib/services/people/sessions";
import { roleSchema, userChangeSchema } from "@/lib/services/people/schemas";
import { resetPassword, updateUser } from "@/lib/services/people/users";

const userSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  isAdministrator: z.boolean(),
  createdAt: timeSchema,
  lastSignInAt: timeSchema.nullable(),
  disabledAt: timeSchema.nullable(),
  teams: z.array(z.object({ slug: z.string(), name: z.string(), role: roleSchema })),
});

const sessionSchema = z.object({
  id: z.uuid(),
  createdAt: timeSchema,
  lastSeenAt: timeSchema,
  expiresAt: timeSchema,
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  isCurrent: z.boolean(),
});

export const listUsersRoute = defineRoute({
  method: "GET",
  path: "/users",
  summary: "List all users",
  description: "For administrators. `q` is part of a name or an e-mail address.",
  tags: ["Users"],
  permission: "admin.users",
  query: listQuerySchema.extend({ q: z.string().max(100).optional() }),
  answer: { status: 200, schema: pageOf(userSchema) },
  run: async ({ actor, query: { limit, cursor, q } }) => {
    const after = decodeCursor(cursor, z.string());
    const { users, next } = await listUsers(actor, { limit, after, search: q });
    return { data: users, nextCursor: next === null ? null : encodeCursor(next) };
  },
});

export const updateUserRoute = defineRoute({
  method: "PATCH",
  path: "/users/{id}",
  summary: "Disable or enable a user, or change whether they administer",
  description: "For administrators. Ends the user's sessions when they lose something.",
  tags: ["Users"],
  permission: "admin.users",
  params: idParamsSchema,
  body: userChangeSchema,
  answer: { status: 204 },
  run: ({ actor, params, body }) => updateUser(actor, params.id, body),
});

export const resetPasswordRoute = defineRoute({
  method: "POST",
  path: "/users/{id}/password-reset",
  summary: "Give a user a one-time password",
  description: "For administrators. Shown in this answer alone; to be changed at the next sign-in.",
  tags: ["Users"],
  permission: "admin.users",
  params: idParamsSchema,
  answer: { status: 200, schema: z.object({ oneTimePassword: z.string() }) },
  secretAnswer: true,
  run: ({ actor, params }) => resetPassword(actor, params.id),
});

export const listSessionsRoute = defineRoute({
  method: "GET",
  path: "/sessions",
  summary: "List your live sessions in the console",
  description: "With `userId`, an administrator sees another user's.",
  tags: ["Users"],
  permission: "token.write",
  query: z.strictObject({ userId: z.uuid().optional() }),
  answer: { status: 200, schema: pageOf(sessionSchema) },
  run: async ({ actor, query }) => ({ data: await listSessions(actor, query.userId), nextCursor: null }),
});

export const revokeSessionRoute = defineRoute({
  method: "DELETE",
  path: "/sessions/{id}",
  summary: "End a session at once",
  tags: ["Users"],
  permission: "token.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: ({ actor, params }) => revokeSession(actor, params.id),
});
