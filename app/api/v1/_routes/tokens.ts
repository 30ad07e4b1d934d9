import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { createApiToken, tokenInputSchema } from "@/lib/services/people/create-api-token";
import { listTokens, revokeToken } from "@/lib/services/people/tokens";

const tokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  hint: z.string().meta({ description: "The first characters, to tell tokens apart." }),
  scopes: z.array(z.string()),
  createdAt: timeSchema,
  expiresAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
});

export const listTokensRoute = defineRoute({
  method: "GET",
  path: "/tokens",
  summary: "List your API tokens",
  description: "With `userId`, an administrator sees another user's.",
  tags: ["Tokens"],
  permission: "token.write",
  query: listQuerySchema.extend({ userId: z.uuid().optional() }),
  answer: { status: 200, schema: pageOf(tokenSchema) },
  run: async ({ actor, query: { limit, cursor, userId } }) => {
    const after = decodeCursor(cursor, z.uuid());
    const { tokens, next } = await listTokens(actor, { limit, after, userId });
    return { data: tokens, nextCursor: next === null ? null : encodeCursor(next) };
  },
});

export const createTokenRoute = defineRoute({
  method: "POST",
  path: "/tokens",
  summary: "Make an API token",
  description:
    "`token` is shown in this answer alone. A token cannot make one that reaches further than itself.",
  tags: ["Tokens"],
  permission: "token.write",
  body: tokenInputSchema,
  answer: { status: 201, schema: tokenSchema.extend({ token: z.string() }) },
  secretAnswer: true,
  run: ({ actor, body }) => createApiToken(actor, body),
});

export const revokeTokenRoute = defineRoute({
  method: "DELETE",
  path: "/tokens/{id}",
  summary: "End an API token at once",
  tags: ["Tokens"],
  permission: "token.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: ({ actor, params }) => revokeToken(actor, params.id),
});
