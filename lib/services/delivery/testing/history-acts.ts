import { setTimeout as sleep } from "node:timers/promises";

import type { Client } from "pg";
import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";

import { confirmConnector } from "../confirm-connector";
import { deliverPush } from "../deliver-push";
import { clientIdOf, openInSmallBatches } from "./desk";
import { dieAtStatement, openAndDie, revive } from "./die-at-statement";
import { minutePasses } from "./hardship";
import type { Step } from "./history-steps";
import { openPortal } from "./outside";
import type { lookAt } from "./remote";
import {
  addValue,
  carryOutRecalls,
  sideOf,
  toggleAllowed,
  toggleHold,
  toggleRecall,
  toggleSending,
  withdrawValue,
  type World,
} from "./world";
import {
  compareOnce,
  fill,
  refreshOnce,
  removeUnknown,
  stray,
  toggleCeiling,
  toggleRule,
} from "./world-tenant";

// What a history is made of, step by step.

/** Where it plays. */
export type Stage = {
  remote: ReturnType<typeof lookAt>;
  database: { asOwner: <T>(run: (client: Client) => Promise<T>) => Promise<T> };
  origin: () => string;
  /** What workers were about when they died, in all histories so far. */
  deaths: { sending: number; midway: number };
};

const { signal } = new AbortController();
/** With which applications the teams' connectors sign in. */
const APPLICATIONS = ["TPI_TeamA", "TPI_TeamB", "TPI_NoConsent"] as const;
export const CLIENT_IDS: readonly string[] = APPLICATIONS.map(clientIdOf);
const MADE_BY_HAND = { title: "Changed by hand", severity: "Informational" };
/** For how long a worker waits for its turn with a destination before it comes back later. */
const TRY_MS = 500;
const NOTICED_MS = 50;
/** Where tests sleep for moments only (`lib/testing/short-sleeps.ts`), this is slept all the same. */
const TRULY = { ref: false };

/** What of a connector is open, what is urgent first. */
export const openPushes = (connector: ConnectorView): Promise<{ id: string; urgent: boolean }[]> =>
  asTeam(connector.teamId, (tx) =>
    tx.push.findMany({
      where: { connectorId: connector.id, state: { in: ["queued", "running"] } },
      orderBy: [{ urgent: "desc" }, { queuedAt: "asc" }],
      select: { id: true, urgent: true },
    }),
  );

/** One worker's turn with a connector: it plans what it can, and sends what is open, each push once. */
const takeTurn = async (world: World, connector: ConnectorView): Promise<void> => {
  await planTurn(world, connector);
  await sendTurn(connector);
};

const planTurn = async (world: World, connector: ConnectorView): Promise<void> => {
  await carryOutRecalls(world);
  await planUrgent(connector.id);
  await planAndApply(connector.id);
};

const sendTurn = async (
  connector: ConnectorView,
  open: OpenDestination = openInSmallBatches,
): Promise<void> => {
  for (const { id } of await openPushes(connector)) await deliverPush(id, { signal, open });
};

type Death = { connector: ConnectorView; value: string; answer: number };

/** A person adds a value or withdraws it, and the worker that sends that dies of an answer. */
const dieSending = async (
  { remote, database, deaths }: Stage,
  world: World,
  { connector, value, answer }: Death,
): Promise<void> => {
  const side = sideOf(world, connector);
  if (side.own.has(value)) await withdrawValue(world, side, value);
  else await addValue(world, side, value, { severity: "Low", action: "Audit" });
  await minutePasses(remote);
  await planTurn(world, connector).catch(comesBackLater);
  const { open, isDead } = openAndDie(answer, openInSmallBatches);
  await sendTurn(connector, open).catch(() => undefined);
  revive();
  if (!isDead()) return;
  const { rowCount } = await database.asOwner((client) =>
    client.query(
      `SELECT FROM push_item i JOIN push p ON p.id = i.push_id WHERE p.connector_id = $1 AND i.state = 'sending' LIMIT 1`,
      [connector.id],
    ),
  );
  deaths.sending += 1;
  deaths.midway += rowCount ?? 0;
};

/** Where one of two workers was overtaken, its job is tried again. */
const comesBackLater = (error: unknown): void => {
  if (!(error instanceof AppError && error.retry === "later")) throw error;
};

/**
 * What was removed and is shown all the same is overdue by then, what was accepted and never seen is looked for, and a tenant that was
 * full is tried again.
 */
export const patienceEnds = ({ database }: Stage): Promise<unknown> =>
  database.asOwner(async (client) => {
    await client.query("UPDATE receipt SET removed_at = removed_at - interval '21 minutes'");
    await client.query("UPDATE stranger SET removed_at = removed_at - interval '21 minutes'");
    await client.query("UPDATE remote_record SET accepted_at = accepted_at - interval '61 minutes'");
    await client.query(
      `UPDATE destination SET capacity = jsonb_set(capacity, '{full,at}', '"2026-01-01T00:00:00Z"')
       WHERE jsonb_typeof(capacity->'full') = 'object'`,
    );
  });

/** Sentinel publishes nothing again of what stands there. */
const publishNothing = ({ database }: Stage, { connectors }: World): Promise<unknown> =>
  database.asOwner((client) =>
    client.query(
      `UPDATE remote_record r SET unpublished_since = now() FROM claim c
       WHERE c.record_id = r.id AND c.connector_id = $1 AND r.state = 'live'`,
      [connectors[1].id],
    ),
  );

/** The database ends every connection, and whoever has idle ones has noticed. */
const cutConnections = async ({ database }: Stage): Promise<void> => {
  await database.asOwner((client) =>
    client.query(
      `SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    ),
  );
  await sleep(NOTICED_MS, undefined, TRULY);
};

/** Every connector's destination is read back. */
export const lookAround = async ({ connectors }: World): Promise<void> => {
  for (const { id } of connectors) await confirmConnector(id, { signal });
};

/** Somebody with an application's rights changes or removes what it made, once that was seen there. */
const meddle = async (
  { remote, origin }: Stage,
  world: World,
  { value, how }: { value: string; how: "remove" | "change" },
): Promise<void> => {
  await lookAround(world);
  const found = (await remote.defender()).find(({ indicatorValue }) => indicatorValue === value);
  const app = APPLICATIONS.find((name) => clientIdOf(name) === found?.createdBy);
  if (!app) return;
  const portal = openPortal(origin, app);
  await (how === "remove" ? portal.remove(value) : portal.change(value, MADE_BY_HAND));
};

/** One answer of a list will hold nothing, whatever stands there; one at a time, for what two of them say is believed. */
const listNothingOnce = async ({ remote }: Stage, match: { method: string; path: string }): Promise<void> => {
  const { faults } = faultsSchema.parse(await remote.control("GET", "faults"));
  if (faults.some(({ met, ...fault }) => met === 0 && fault.match.path === match.path)) return;
  await remote.control("POST", "faults", { match, status: 200, body: { value: [] } });
};

const faultsSchema = z.object({
  faults: z.array(z.object({ met: z.number(), match: z.object({ path: z.string() }) })),
});

/** One step of a history. */
export const carryOut = async (stage: Stage, world: World, given: Step): Promise<void> => {
  const { remote } = stage;
  const { connectors, values, sides, feed } = world;
  const value = "place" in given ? (values[given.place] ?? "") : "";
  const connector = ("at" in given ? connectors[given.at] : undefined) ?? connectors[0];
  const side = sides["side" in given && given.side === 1 ? 1 : 0];
  switch (given.kind) {
    case "add":
      await addValue(world, side, value, { severity: given.severity, action: given.action });
      break;
    case "withdraw":
      await withdrawValue(world, side, value);
      break;
    case "feed":
      await feed.run(given.places.map((place) => values[place] ?? ""));
      break;
    case "roll-back":
      await feed.rollBack();
      break;
    case "recall":
      await toggleRecall(world, value);
      break;
    case "allow":
      await toggleAllowed(world, value);
      break;
    case "hold":
      await toggleHold(world);
      break;
    case "switch":
      await toggleSending(world, connector);
      break;
    case "meddle":
      await meddle(stage, world, { value, how: given.how });
      break;
    case "lie":
      await remote.control("PUT", "switches", given.deleting);
      break;
    case "wait":
      await patienceEnds(stage);
      break;
    case "fault":
      await remote.control("POST", "faults", { match: { path: given.path }, ...given.fault });
      break;
    case "odd-list":
      await listNothingOnce(stage, given.match);
      break;
    case "deliver":
      await minutePasses(remote);
      await takeTurn(world, connector);
      break;
    case "die":
      await minutePasses(remote);
      dieAtStatement(given.statement);
      await takeTurn(world, connector).catch(() => undefined);
      revive();
      break;
    case "die-sending":
      await dieSending(stage, world, { connector, value, answer: given.answer });
      break;
    case "beside":
      await minutePasses(remote);
      await Promise.all(
        [connector, connectors[given.other] ?? connector].map((one) =>
          takeTurn(world, one).catch(comesBackLater),
        ),
      );
      break;
    case "cut":
      await minutePasses(remote);
      await Promise.all([
        takeTurn(world, connector).catch(() => undefined),
        sleep(given.afterMs, undefined, TRULY).then(() => cutConnections(stage)),
      ]);
      break;
    case "rule":
      await toggleRule(world);
      break;
    case "ceiling":
      await toggleCeiling(world, side, given.places);
      break;
    case "fill":
      await fill(remote);
      break;
    case "stray":
      await stray(remote, world, connector);
      break;
    case "tidy":
      await minutePasses(remote);
      await compareOnce(connector, TRY_MS);
      await removeUnknown(world, connector, TRY_MS);
      break;
    case "refresh":
      await minutePasses(remote);
      await publishNothing(stage, world);
      await refreshOnce(connectors[1], TRY_MS);
      break;
    case "look":
      await confirmConnector(connector.id, { signal });
      break;
    case "compare":
      await reconcileConnector(connector.id, { signal });
      break;
  }
};
