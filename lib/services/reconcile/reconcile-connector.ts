import "server-only";

import type { PoolClient } from "pg";

import { isDenied } from "@/lib/connectors/vendor-failure";
import { IS_READABLE } from "@/lib/db/queries/is-readable";
import { bulkAsSystem } from "@/lib/db/scope";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { createReaders, type Applications } from "@/lib/services/delivery/applications";
import { createSecondLook, type LookAgain } from "@/lib/services/delivery/look-again";
import { readDestination } from "@/lib/services/delivery/read-destination";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { openComparison, toRemoved, type Comparison } from "./compare-records";
import { isGone, orphanAll, type Drift } from "./expected-records";
import { listUnseenStrangers } from "./find-strangers";
import { ANSWERED, createKeeper, isQuiet, type Begun, type Found, type Keeper } from "./keep-comparison";
import { readByReader } from "./read-by-reader";
import { retryRemovals } from "@/lib/services/delivery/retry-removals";

type Options = {
  signal: AbortSignal;
  open?: OpenDestination;
  /** Left out, it is what the database's clock says, by which was written down what is compared. */
  now?: () => Date;
};

export type Reconciliation =
  | { status: "compared"; standing: number; removed: number; changed: number; unlike: number }
  /** Something is being sent there, so that what stands proves nothing; or there is nothing to compare. */
  | { status: "left"; reason: string }
  | { status: "failed"; problem: string };

/**
 * Compares what stands at a connector's destination with what should, by all that its application is shown there. What is missing or
 * was changed is written down, so that the next plan puts it right, and automatic connectors plan at once; so is what of ours nobody
 * here knows of, and what Sentinel has not published again for too long. Looks only at what the application may look after, and sends
 * nothing itself: what is still shown long after its removal is left to a push that removes it another way. Safe to call at any time,
 * twice, or for any connector.
 */
export const reconcileConnector = async (
  connectorId: string,
  { signal, open, now }: Options,
): Promise<Reconciliation> => {
  const begun = await bulkAsSystem("delivery", (client) => begin(client, connectorId));
  if ("left" in begun) return { status: "left", reason: begun.left };
  let outcome: Reconciliation;
  try {
    outcome = await compare(connectorId, begun, { signal, open, now });
  } finally {
    await bulkAsSystem("delivery", (client) => leave(client, connectorId, begun));
  }
  // No push need have ended lately, so that nothing else would look at it again.
  if (outcome.status !== "failed") await retryRemovals(connectorId);
  return outcome;
};

const compare = async (
  connectorId: string,
  begun: Begun,
  { signal, open, now }: { signal: AbortSignal; open: OpenDestination | undefined; now: Options["now"] },
): Promise<Reconciliation> => {
  const applications = createReaders(open);
  const comparison = openComparison(begun, now?.() ?? begun.startedAt);
  const shown = begun.kind === "defender" ? await readByReader(begun.destinationId, { open, signal }) : null;
  const lookAgain = createSecondLook(signal);
  const { isRead, failure } = await readDestination(connectorId, applications, signal, {
    watch: comparison.see,
    tenant: shown && { shown, since: begun.startedAt },
    lookAgain,
  });
  if (failure || !isRead) {
    const problem = failure?.message ?? "The destination could not be read.";
    await bulkAsSystem("delivery", async (client) => {
      await client.query(`UPDATE connector SET reconcile_problem = $2, ${ANSWERED} WHERE id = $1`, [
        ...[connectorId, problem, begun.startedAt],
      ]);
      if (failure && begun.kind === "defender" && isDenied(failure)) await orphanAll(client, connectorId);
    });
    return { status: "failed", problem };
  }
  const keeper = createKeeper(begun);
  try {
    const seeAgain = await openSecondLook(connectorId, { applications, comparison, lookAgain });
    const found = await keepDrifts(comparison, { keeper, seeAgain });
    if (found === null) return { status: "left", reason: SENT_MEANWHILE };
    const unseen = { ...begun, shown: comparison.unknown() };
    await seeAgain(await bulkAsSystem("delivery", (client) => listUnseenStrangers(client, unseen)));
    if (!(await keeper.conclude(comparison, found))) return { status: "left", reason: SENT_MEANWHILE };
    return { status: "compared", ...found };
  } finally {
    await keeper.announce();
    await relayOutbox();
  }
};

/** Shows the comparison what is there, by a second look, of the records with these ids. */
type SeeAgain = (remoteIds: readonly string[]) => Promise<void>;
type Again = { applications: Applications; comparison: Comparison; lookAgain: LookAgain };

const openSecondLook = async (
  connectorId: string,
  { applications, comparison, lookAgain }: Again,
): Promise<SeeAgain> => {
  const application = await applications(connectorId);
  return async (remoteIds) => {
    if (remoteIds.length > 0) await comparison.see(await lookAgain(application, remoteIds));
  };
};

type Keeping = { keeper: Keeper; seeAgain: SeeAgain };

/** Writes down what drifted, stretch by stretch as it is found; null where something was sent meanwhile. */
const keepDrifts = async (comparison: Comparison, { keeper, seeAgain }: Keeping): Promise<Found | null> => {
  const found = { standing: 0, removed: 0, changed: 0, unlike: 0 };
  const keep = async (drifts: readonly Drift[]): Promise<boolean> => {
    const removed = drifts.filter(isGone).length;
    found.standing -= drifts.length;
    found.removed += removed;
    found.changed += drifts.length - removed;
    return keeper.keepDrifts(drifts);
  };
  for await (const { expected, missing } of comparison.findMissing()) {
    found.standing += expected;
    await seeAgain(missing.map(({ remoteId }) => remoteId));
    const removed = missing.filter((record) => !comparison.isSeen(record)).map(toRemoved);
    if (removed.length > 0 && !(await keep(removed))) return null;
  }
  if (!(await keep(comparison.drifts()))) return null;
  const unlike = comparison.unlike();
  found.standing -= unlike.length;
  found.unlike = unlike.length;
  return (await keeper.keepUnlike(unlike)) ? found : null;
};

const SENT_MEANWHILE = "Something was sent there while it was read.";

const begin = async (client: PoolClient, connectorId: string): Promise<Begun | { left: string }> => {
  const { rows } = await client.query<Begun>(
    `SELECT id AS "connectorId", destination_id AS "destinationId", team_id AS "teamId", client_id AS "clientId", kind,
       clock_timestamp() AS "startedAt" FROM connector c
     WHERE id = $1 AND ${IS_READABLE} AND enabled AND deleted_at IS NULL`,
    [connectorId],
  );
  const [row] = rows;
  if (!row) return { left: "There is nothing to compare." };
  if (!(await isQuiet(client, row))) return { left: SENT_MEANWHILE };
  await client.query("UPDATE connector SET reconcile_tried_at = $2, reconciling_since = $2 WHERE id = $1", [
    connectorId,
    row.startedAt,
  ]);
  return row;
};

/** It does not run any more, whatever came of it. */
const leave = async (client: PoolClient, connectorId: string, { startedAt }: Begun): Promise<void> => {
  await client.query(
    "UPDATE connector SET reconciling_since = NULL WHERE id = $1 AND reconciling_since = $2",
    [connectorId, startedAt],
  );
};
