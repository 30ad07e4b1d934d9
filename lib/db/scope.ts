import "server-only";

import type { PoolClient } from "pg";

import type { Actor } from "@/lib/domain/access/actor";
import { logger } from "@/lib/observability/logger";

import { database, type Tx } from "./client";
import { isCopying } from "./copy";

const TRANSACTION = { maxWait: 10_000, timeout: 60_000 };

/** Runs in one transaction that sees the rows of all teams the actor has a part in, whatever their role, and writes none. */
export const asActor = <T>(actor: Actor, run: (tx: Tx) => Promise<T>): Promise<T> =>
  database().prisma.$transaction(async (tx) => {
    const teams = `{${actor.teams.map(({ id }) => id).join(",")}}`;
    await tx.$executeRaw`
      SELECT set_config('sluice.teams', ${teams}, true), set_config('sluice.user', ${actor.userId}, true),
        set_config('transaction_read_only', 'on', true)`;
    return run(tx);
  }, TRANSACTION);

/** Runs in one transaction that sees the rows of one team. */
export const asTeam = <T>(teamId: string, run: (tx: Tx) => Promise<T>): Promise<T> =>
  database().prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('sluice.teams', ${`{${teamId}}`}, true)`;
    return run(tx);
  }, TRANSACTION);

/** As `asTeam`, for what one person has in the team: rows that are theirs alone are seen and written, too. */
export const asMember = <T>(actor: Actor, teamId: string, run: (tx: Tx) => Promise<T>): Promise<T> =>
  asTeam(teamId, async (tx) => {
    await tx.$executeRaw`SELECT set_config('sluice.user', ${actor.userId}, true)`;
    return run(tx);
  });

/**
 * Runs in one transaction that sees every team's rows. For sign-in, token look-up, scheduler, delivery and
 * administrators' pages only; `purpose` says which, and lint knows the callers.
 */
export const asSystem = <T>(purpose: SystemPurpose, run: (tx: Tx) => Promise<T>): Promise<T> =>
  database().prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('role', 'sluice_system', true), set_config('sluice.purpose', ${purpose}, true)`;
    return run(tx);
  }, TRANSACTION);

export type SystemPurpose =
  "sign-in" | "administration" | "scheduling" | "delivery" | "audit" | "operations" | "sharing";

/** As `asTeam`, on one plain connection: for COPY and set statements. */
export const bulkAsTeam = <T>(teamId: string, run: (client: PoolClient) => Promise<T>): Promise<T> =>
  bulk("BEGIN", async (client) => {
    await client.query("SELECT set_config('sluice.teams', $1, true)", [`{${teamId}}`]);
    return run(client);
  });

/** As `asSystem`, on one plain connection. */
export const bulkAsSystem = <T>(
  purpose: SystemPurpose,
  run: (client: PoolClient) => Promise<T>,
): Promise<T> =>
  // In one message: a delivery makes many short transactions.
  bulk(
    `BEGIN; SELECT set_config('role', 'sluice_system', true), set_config('sluice.purpose', '${purpose}', true)`,
    run,
  );

/**
 * One step of a bulk transaction that sees every team's rows; afterwards the transaction is whose it was before. A step that
 * fails takes the transaction with it.
 */
export const stepAsSystem = async <T>(
  client: PoolClient,
  purpose: SystemPurpose,
  run: () => Promise<T>,
): Promise<T> => {
  // What calls this may itself be a step, or the system's.
  const { rows } = await client.query<{ role: string; purpose: string | null }>(
    "SELECT current_setting('role') AS role, current_setting('sluice.purpose', true) AS purpose",
  );
  const [before] = rows;
  await setRole(client, "sluice_system", purpose);
  const result = await run();
  await setRole(client, before?.role ?? "none", before?.purpose ?? "");
  return result;
};

const setRole = (client: PoolClient, role: string, purpose: string) =>
  client.query("SELECT set_config('role', $1, true), set_config('sluice.purpose', $2, true)", [
    role,
    purpose,
  ]);

/** As `stepAsSystem`, in a team's transaction of single rows. */
export const stepOfTeamAsSystem = async <T>(
  tx: Tx,
  purpose: SystemPurpose,
  run: () => Promise<T>,
): Promise<T> => {
  await tx.$executeRaw`SELECT set_config('role', 'sluice_system', true), set_config('sluice.purpose', ${purpose}, true)`;
  const result = await run();
  await tx.$executeRaw`SELECT set_config('role', 'none', true), set_config('sluice.purpose', '', true)`;
  return result;
};

/**
 * As `asActor`, on one plain connection and of one moment, for what is handed on piece by piece. It ends when its reader leaves,
 * and breaks off under a reader that takes nothing for a minute, so that nobody holds a connection for ever.
 */
export async function* streamAsActor<T>(
  actor: Actor,
  run: (client: PoolClient) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const client = await database().pool.connect();
  client.on("error", reportLoss);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query(
      `SELECT set_config('sluice.teams', $1, true), set_config('sluice.user', $2, true),
         set_config('idle_in_transaction_session_timeout', $3, true)`,
      [`{${actor.teams.map(({ id }) => id).join(",")}}`, actor.userId, String(LONGEST_PAUSE_MS)],
    );
    yield* run(client);
  } finally {
    // Nothing was written; a connection that cannot even say so is not handed to the next caller.
    const failure = await client.query("ROLLBACK").then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    client.release(failure);
    if (!failure) client.off("error", reportLoss);
  }
}

const LONGEST_PAUSE_MS = 60_000;

const bulk = async <T>(begin: string, run: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await database().pool.connect();
  // The pool listens to idle connections only: a server that restarts between two statements must not end the process.
  client.on("error", reportLoss);
  let failure: Error | undefined;
  try {
    await client.query(begin);
    const result = await run(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    // Behind a COPY that broke off nothing else is ever answered; the server rolls back when the connection goes.
    if (!isCopying(client)) await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    // A connection that failed half-way may be in any state: do not hand it to the next caller.
    client.release(failure);
    if (!failure) client.off("error", reportLoss);
  }
};

const reportLoss = (err: Error): void => {
  logger.warn({ err }, "A connection to the database broke while it was in use; its transaction is undone");
};
