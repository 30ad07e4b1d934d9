import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { getPush } from "@/lib/services/delivery/get-push";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { apply, connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { until, workerProcesses } from "@/workers/testing/worker-process";

import { median, percentile95, timed, type Figure, type Sandbox } from "./lib";

const VALUES = 100_000;
const SAVES = 40;
/** Short, since Defender's push is over after a minute: its tenant takes 15,000 of the values. */
const PAUSE_MS = 400;
/** So many saves are to be made before either push ends. */
const BESIDE_BOTH = 20;
const BAR_SECONDS = 3;
const PATIENCE_MS = 120_000;

type Options = { sandbox: Sandbox; share: number };

/**
 * While a worker pushes 100,000 values (or a share of them) by both connectors, a person saves one value after the other: how long
 * each takes from Save until both destinations accepted it. The sandbox keeps the published rates. What counts is what was accepted before
 * either of the two pushes ended.
 */
export const benchSave = async (actor: Actor, { sandbox, share }: Options): Promise<Figure[]> => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
  // Room for what is saved when the push has filled what Defender is known to take.
  await sandbox.control("PUT", "limits", { defender: { capacity: 1_000_000 } });
  const values = Math.round(VALUES * share);
  await vouch(team, someValues(values), { name: "Under way" });
  const connectors = await Promise.all(
    (["defender", "sentinel"] as const).map((kind) => connect(actor, team, kind)),
  );
  const pushIds: string[] = [];
  for (const connector of connectors) pushIds.push(await apply(actor, connector));
  for (const connector of connectors)
    await updateConnector(
      actor,
      connector,
      connectorPatchSchema.parse({ mode: "automatic", automaticLimits: null }),
    );
  const workers = workerProcesses();
  await workers.start();
  try {
    await until("The first batches", () => haveBegun(actor, pushIds));
    const [besideBoth, all]: [number[], number[]] = [[], []];
    for (let save = 0; save < SAVES; save += 1) {
      const seconds = (await timed(() => saveOne(actor, connectors))).ms / 1_000;
      all.push(seconds);
      if (await areRunning(actor, pushIds)) besideBoth.push(seconds);
      await sleep(PAUSE_MS * Math.min(1, share * 5));
    }
    const pushes = `pushes of ${values.toLocaleString("en")}`;
    return [
      {
        name: `Save beside ${pushes} to both: accepted at both, 95th percentile`,
        value: percentile95(besideBoth),
        unit: "s",
        bar: { most: BAR_SECONDS },
        note: `median ${median(besideBoth).toFixed(2)}, slowest ${Math.max(...besideBoth).toFixed(2)} s`,
      },
      {
        name: "Save: accepted before either push ended",
        value: besideBoth.length,
        unit: "",
        bar: { least: BESIDE_BOTH },
        note: `of ${String(SAVES)} saves`,
      },
      {
        name: "Save: all of them, 95th percentile",
        value: percentile95(all),
        unit: "s",
        bar: { most: BAR_SECONDS },
        note: `median ${median(all).toFixed(2)}, slowest ${Math.max(...all).toFixed(2)} s`,
      },
    ];
  } finally {
    await workers.killAll();
  }
};

const areRunning = async (actor: Actor, pushIds: readonly string[]): Promise<boolean> => {
  const pushes = await Promise.all(pushIds.map((id) => getPush(actor, id)));
  return pushes.every(({ state }) => state === "running");
};

const haveBegun = async (actor: Actor, pushIds: readonly string[]): Promise<true | null> => {
  const pushes = await Promise.all(pushIds.map((id) => getPush(actor, id)));
  return pushes.every(({ counts }) => counts.accepted > 0) || null;
};

const saveOne = async (actor: Actor, connectors: readonly ConnectorView[]): Promise<void> => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
  const value = `${randomUUID()}.example.org`;
  await addLocalIndicators(actor, team, [{ value }]);
  await until(
    "A save",
    async () => {
      const seen = await Promise.all(
        connectors.map(async (connector) => {
          const { receipts } = await listReceipts(connector, { limit: 5, after: null });
          return receipts.find((receipt) => receipt.value === value)?.state;
        }),
      );
      return seen.every((state) => state === "accepted" || state === "visible") || null;
    },
    PATIENCE_MS,
  );
};
