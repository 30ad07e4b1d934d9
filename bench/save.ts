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
const PAUSE_MS = 2_000;
const BAR_SECONDS = 3;
const PATIENCE_MS = 120_000;

type Options = { sandbox: Sandbox; share: number };

/**
 * While a worker pushes 100,000 values (or a share of them) by both connectors, a person saves one value after the other: how long
 * each takes from Save until both destinations accepted it. The sandbox keeps the published rates; its tenant takes more than
 * Defender's 15,000, so that the push lasts.
 */
export const benchSave = async (actor: Actor, { sandbox, share }: Options): Promise<Figure[]> => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
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
    const took: number[] = [];
    for (let save = 0; save < SAVES; save += 1) {
      took.push((await timed(() => saveOne(actor, connectors))).ms);
      await sleep(PAUSE_MS * Math.min(1, share * 5));
    }
    const states = await Promise.all(pushIds.map(async (id) => (await getPush(actor, id)).state));
    const beside = states.filter((state) => state === "running").length;
    const seconds = took.map((ms) => ms / 1_000);
    return [
      {
        name: "Save: accepted at both, 95th percentile",
        value: percentile95(seconds),
        unit: "s",
        bar: { most: BAR_SECONDS },
        note: `of ${String(SAVES)} saves`,
      },
      { name: "Save: accepted at both, median", value: median(seconds), unit: "s" },
      { name: "Save: accepted at both, slowest", value: Math.max(...seconds), unit: "s" },
      {
        name: `Save: pushes of ${values.toLocaleString("en")} that ran to the end of it`,
        value: beside,
        unit: "",
        // A tenant takes 15,000 of them, which is a minute; the one to the workspace takes ten.
        bar: { least: 1 },
      },
    ];
  } finally {
    await workers.killAll();
  }
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
