import { createRowBuffer, openCopy } from "../copy";
import { bulkAsTeam } from "../scope";

/** So many values are added at once: a transaction of a third of a second, for which others wait. In smaller ones all take longer. */
const BATCH = 25_000;
/** Of very long values fewer, so that memory stays flat. */
const BATCH_BYTES = 4 * 1024 * 1024;
/**
 * A lock that somebody waits for behind the run's own (a migration, REINDEX) would have both wait for ever, unseen by
 * PostgreSQL: the run breaks off instead, and is taken up again.
 */
export const LOCK_TIMEOUT = "30s";
/** One is added while the next one waits for it and the list is read on. */
const MOST_UNDER_WAY = 2;

type NewValue = { key: string; type: number; value: string };

/**
 * Adds values that nobody had while their list is still being read, on another connection and in short transactions: a run of a
 * million rows takes a minute, and whoever brought one of its new values meanwhile would wait for its end. A run that comes to
 * nothing leaves values behind that nobody vouches for; the sweep of orphans takes them. The caller holds `indicator` locked
 * against that sweep (`keepSweepOut`).
 */
export type Registrar = {
  /** Takes one value; resolves at once unless the server is behind. */
  add: (value: NewValue) => Promise<void> | undefined;
  /** Resolves when everything is added: true, or false when there was nothing. */
  end: () => Promise<boolean>;
  /** Adds no more; resolves when what is under way is over, whatever becomes of it. */
  abandon: () => Promise<void>;
};

export const openRegistrar = (teamId: string): Registrar => {
  const rows = createRowBuffer();
  let count = 0;
  /** Batches that are added or wait for the one before them. */
  const underWay: Promise<void>[] = [];
  let last: Promise<void> | null = null;
  let isAbandoned = false;

  const begin = async (): Promise<void> => {
    const batch = rows.take();
    count = 0;
    const before = last ?? Promise.resolve();
    last = before.then(async () => {
      if (isAbandoned) return;
      await register(teamId, batch);
      rows.giveBack(batch);
    });
    // Whoever awaits it is told.
    last.catch(() => undefined);
    if (underWay.push(last) > MOST_UNDER_WAY) await underWay.shift();
  };

  return {
    add: ({ key, type, value }) => {
      rows.add([key, type, value]);
      count += 1;
      return count < BATCH && rows.size() < BATCH_BYTES ? undefined : begin();
    },
    end: async () => {
      if (count > 0) await begin();
      await last;
      return last !== null;
    },
    abandon: async () => {
      isAbandoned = true;
      await last?.catch(() => undefined);
    },
  };
};

// In the order of the keys: two runs at once cannot wait for each other in a circle.
const register = (teamId: string, batch: readonly Buffer[]): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    await client.query("SELECT set_config('lock_timeout', $1, true)", [LOCK_TIMEOUT]);
    await client.query(
      `CREATE TEMPORARY TABLE arriving (key uuid NOT NULL, type smallint NOT NULL, value text COLLATE "C" NOT NULL)
       ON COMMIT DROP`,
    );
    const copy = openCopy(client, "arriving", ["key", "type", "value"]);
    try {
      await copy.writeRows(batch);
      await copy.end();
    } catch (error) {
      await copy.abort();
      throw error;
    }
    await client.query(`
      INSERT INTO indicator (key, type, value) SELECT key, type, value FROM arriving ORDER BY key
      ON CONFLICT (key) DO NOTHING`);
  });
