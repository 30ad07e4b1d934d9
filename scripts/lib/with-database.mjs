import { join } from "node:path";
import process from "node:process";

import { ensureGenerated } from "./generate.mjs";
import { takeLock } from "./lock.mjs";
import { openLog } from "./log-file.mjs";
import { migrate } from "./migrate.mjs";

/**
 * Gives work the product's database: the one that the settings name, the embedded one that runs already, or the embedded
 * one started for as long as the work takes.
 * @template T
 * @param {{ settings: import("./settings.mjs").Settings, what: string }} options `what` is shown to a start that has to wait
 * @param {(appUrl: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withDatabase = async ({ settings: { dataDir, isEmbedded }, what }, work) => {
  if (!isEmbedded) return work(process.env["DATABASE_URL"] ?? "");
  const { findPostgres, startPostgres } = await import("./postgres.mjs");
  const running = findPostgres(dataDir);
  if (running) return work(running.appUrl);

  const lock = await takeLock(dataDir, what);
  try {
    const log = openLog(join(dataDir, "logs", "prepare.log"));
    await ensureGenerated({ log });
    const postgres = await startPostgres({ dataDir });
    try {
      await migrate({ ...postgres, log });
      return await work(postgres.appUrl);
    } finally {
      await postgres.stop();
    }
  } finally {
    lock.release();
  }
};
