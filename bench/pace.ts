import { z } from "zod";

import type { Actor } from "@/lib/domain/access/actor";
import { env } from "@/lib/env/server";
import { getPush } from "@/lib/services/delivery/get-push";
import { apply, connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { until, workerProcesses } from "@/workers/testing/worker-process";

import type { Figure } from "./lib";

const DEFENDER_VALUES = 15_000;
const SENTINEL_VALUES = 30_000;
const MINUTES = 3;
const PATIENCE_MS = (MINUTES + 2) * 60_000;

/**
 * At the published limits, with two worker processes that share the buckets: how long until a Defender tenant is full, how many
 * objects a Sentinel workspace gets in a minute over three minutes, and how often either said that it is too much.
 */
export const benchPace = async (actor: Actor): Promise<Figure[]> => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
  await vouch(team, someValues(SENTINEL_VALUES), { name: "For a workspace" });
  const forDefender = await vouch(team, someValues(DEFENDER_VALUES, "sha256"), { name: "For a tenant" });
  const workspace = await connect(actor, team, "sentinel");
  const tenant = await connect(actor, team, "defender", { selection: { feeds: [forDefender] } });
  const workers = workerProcesses();
  await Promise.all([workers.start(), workers.start()]);
  try {
    const start = Date.now();
    await apply(actor, workspace);
    const fillId = await apply(actor, tenant);
    const filledMs = await until("Defender", () => haveAccepted(actor, fillId, start), PATIENCE_MS);
    await until(
      "Three minutes",
      async () => Promise.resolve(Date.now() > start + (MINUTES * 60 + 5) * 1_000 || null),
      PATIENCE_MS,
    );
    return await readJournal(filledMs);
  } finally {
    await workers.killAll();
  }
};

const haveAccepted = async (actor: Actor, pushId: string, start: number): Promise<number | null> => {
  const { state, counts } = await getPush(actor, pushId);
  if (state === "stopped" || counts.failed > 0)
    throw new Error(`The push ${state}: ${JSON.stringify(counts)}`);
  return counts.accepted === DEFENDER_VALUES ? Date.now() - start : null;
};

const journalSchema = z.object({
  dropped: z.literal(0, "The sandbox's journal dropped its oldest requests: nothing can be counted."),
  requests: z.array(z.object({ at: z.coerce.date(), path: z.string(), status: z.number().nullable() })),
});

const readJournal = async (filledMs: number): Promise<Figure[]> => {
  const response = await fetch(`${env().SANDBOX_URL ?? ""}/_control/journal`);
  const { requests } = journalSchema.parse(await response.json());
  const uploads = requests.filter(({ path, status }) => path.endsWith(":upload") && status === 200);
  const [first] = uploads;
  const end = (first?.at.getTime() ?? 0) + MINUTES * 60_000;
  const inTime = uploads.filter(({ at }) => at.getTime() < end).length;
  const refused = requests.filter(({ status }) => status === 429).length;
  return [
    {
      name: "Defender: a tenant of 15,000 filled",
      value: filledMs / 1_000,
      unit: "s",
      bar: { most: 70 },
      note: "plan included",
    },
    {
      name: "Sentinel: objects a minute over three minutes",
      value: (inTime * OBJECTS) / MINUTES,
      unit: "per min",
      bar: { least: 9_500 },
      note: "two workers",
    },
    { name: "Requests refused with 429", value: refused, unit: "", bar: { most: 0 } },
  ];
};

/** In each upload but the last. */
const OBJECTS = 100;
