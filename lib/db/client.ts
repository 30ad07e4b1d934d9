import "server-only";

import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";

import { env } from "@/lib/env/server";

import { PrismaClient } from "./generated/client";

const open = () => {
  const pool = new Pool({ connectionString: env().DATABASE_URL, max: 20 });
  // An idle connection that breaks (a restarted server) must not end the process; the next query opens another.
  pool.on("error", () => undefined);
  return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
};

// `next dev` reloads modules but keeps globalThis; without this every reload would open a new pool.
const kept = globalThis as typeof globalThis & { sluiceDatabase?: ReturnType<typeof open> };

/** The pool and the Prisma client over it. Rows are reached through `scope.ts`: outside a scope there are none. */
export const database = () => (kept.sluiceDatabase ??= open());

/** Ends every connection, for scripts and tests that must exit. */
export const closeDatabase = async (): Promise<void> => {
  const { sluiceDatabase } = kept;
  delete kept.sluiceDatabase;
  if (!sluiceDatabase) return;
  await sluiceDatabase.prisma.$disconnect();
  if (!sluiceDatabase.pool.ended) await sluiceDatabase.pool.end();
};

export type Tx = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];
