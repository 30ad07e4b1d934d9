import "server-only";

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { database } from "@/lib/db/client";
import { countWaiting } from "@/lib/jobs/enqueue";
import { logger } from "@/lib/observability/logger";

const LIMIT_MS = 3_000;

export type Readiness = { ok: boolean; checks: { name: string; ok: boolean; detail: string }[] };

/** Whether requests can be served: the database answers, its migrations are those of this code, the queue answers. */
export const checkReady = async (
  migrationsFolder = join(/* turbopackIgnore: true */ process.cwd(), "prisma/migrations"),
): Promise<Readiness> => {
  const checks = await Promise.all([
    check("database", "The database does not answer.", async () => {
      await database().pool.query("SELECT 1");
      return null;
    }),
    check("migrations", "The state of the migrations cannot be read.", () => findMissing(migrationsFolder)),
    check("queue", "The job queue does not answer.", async () => {
      await countWaiting("ingest");
      return null;
    }),
  ]);
  return { ok: checks.every(({ ok }) => ok), checks };
};

/** `run` gives what is wrong, or null. What went wrong in detail goes to the log: anybody may read the answer. */
const check = async (name: string, whenItFails: string, run: () => Promise<string | null>) => {
  try {
    const problem = await withinLimit(run());
    return { name, ok: problem === null, detail: problem ?? "ok" };
  } catch (error) {
    logger.warn({ err: error, check: name }, "Not ready");
    return { name, ok: false, detail: whenItFails };
  }
};

const withinLimit = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`No answer within ${String(LIMIT_MS)} ms.`));
    }, LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

const findMissing = async (folder: string): Promise<string | null> => {
  const { rows } = await database().pool.query<{ name: string; done: boolean }>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM _prisma_migrations
     WHERE rolled_back_at IS NULL`,
  );
  const applied = new Set(rows.filter(({ done }) => done).map(({ name }) => name));
  const missing = (await listFolders(folder)).filter((name) => !applied.has(name));
  if (missing.length > 0) return `Not applied yet: ${missing.join(", ")}. Run: npm run migrate`;
  return rows.length > applied.size
    ? "A migration is under way or was cut short. Run: npm run migrate"
    : null;
};

const listFolders = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
};
