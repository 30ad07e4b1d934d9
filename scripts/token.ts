// Makes one API token for a user and prints it; the token's hash alone is kept. `scripts/token.mjs` is its command line.
import { z } from "zod";

import { closeDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/domain/errors";
import { createApiTokenFor } from "@/lib/services/people/create-api-token";

const inputSchema = z.object({
  email: z.string(),
  name: z.string(),
  scopes: z.string().transform((list) => list.split(",").map((scope) => scope.trim())),
  days: z.coerce.number().optional(),
});

try {
  const { email, name, scopes, days } = inputSchema.parse(JSON.parse(process.argv[2] ?? ""));
  const expiry = days === undefined ? {} : { expiresInDays: days };
  const { token } = await createApiTokenFor({ email, name, scopes, ...expiry });
  process.stdout.write(`${token}\n`);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await closeDatabase();
}
