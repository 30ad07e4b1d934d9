import { z } from "zod";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getPush } from "@/lib/services/delivery/get-push";
import { connect, CONTOSO, CONTOSO_SOC, plan, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import type { MadePlan } from "@/lib/services/planning/create-plan";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { until, workerProcesses, type WorkerProcess } from "@/workers/testing/worker-process";

import type { Figure, Sandbox } from "./lib";

const TEAMS = ["one", "other"] as const;
const DEFENDER_VALUES = 15_000;
const SENTINEL_VALUES = 30_000;
const MINUTE_MS = 60_000;
const MINUTES = 3;
const PATIENCE_MS = (MINUTES + 2) * MINUTE_MS;

/**
 * At the published limits, with two workers that send for two teams by one application, and so share each bucket: how long until a
 * Defender tenant is full, then how many objects a Sentinel workspace got in a minute over three minutes, by what the sandbox stored; and
 * how often either said that it is too much. Of a share, as much of the time.
 */
export const benchPace = async (sandbox: Sandbox, share: number): Promise<Figure[]> => {
  const workers = workerProcesses();
  // One delivery at a time each: of the two pushes to a destination neither can have both.
  const settings = { WORKER_CONCURRENCY: "1" };
  const both = [await workers.start(settings), await workers.start(settings)];
  try {
    return [
      ...(await benchTenant({ sandbox, both, share })),
      ...(await benchWorkspace({ sandbox, both, share })),
    ];
  } finally {
    await workers.killAll();
  }
};

type Options = { sandbox: Sandbox; both: readonly WorkerProcess[]; share: number };

const benchTenant = async ({ sandbox, both, share }: Options): Promise<Figure[]> => {
  const eachTeam = Math.round((DEFENDER_VALUES * share) / TEAMS.length);
  const values = eachTeam * TEAMS.length;
  await sandbox.control("PUT", "limits", { defender: { capacity: values } });
  const { ms, pushIds } = await pushByBoth("defender", { sandbox, eachTeam });
  const stored = (await readTenant(sandbox)).count;
  if (stored !== values) throw new Error(`The tenant has ${String(stored)} of ${String(values)}.`);
  return [
    {
      name: `Defender: a tenant of ${values.toLocaleString("en")} filled`,
      value: ms / 1_000,
      unit: "s",
      bar: { most: 70 },
      note: "plans included",
    },
    countWorkers("Defender", both, pushIds),
    await countRefused("Defender", sandbox),
  ];
};

const benchWorkspace = async ({ sandbox, both, share }: Options): Promise<Figure[]> => {
  const eachTeam = Math.round((SENTINEL_VALUES * share) / TEAMS.length);
  const values = eachTeam * TEAMS.length;
  const minutes = MINUTES * share;
  const { pushIds } = await pushByBoth("sentinel", { sandbox, eachTeam });
  const times = await readTimes(sandbox);
  if (times.length !== values)
    throw new Error(`The workspace has ${String(times.length)} of ${String(values)}.`);
  const end = Math.min(...times) + minutes * MINUTE_MS;
  return [
    {
      name: `Sentinel: objects a minute over ${minutes.toLocaleString("en")} minutes`,
      value: times.filter((at) => at < end).length / minutes,
      unit: "per min",
      bar: { least: 9_500 },
      note: `of ${values.toLocaleString("en")}, by when the sandbox stored each`,
    },
    countWorkers("Sentinel", both, pushIds),
    await countRefused("Sentinel", sandbox),
  ];
};

type Side = { actor: Actor; connector: ConnectorView };

/** Both teams' values, until each has its receipt; the journal is of nothing else. */
const pushByBoth = async (
  kind: ConnectorKind,
  { sandbox, eachTeam }: { sandbox: Sandbox; eachTeam: number },
) => {
  const sides: Side[] = [];
  for (const name of TEAMS) sides.push(await makeSide(name, kind, eachTeam));
  await sandbox.control("DELETE", "journal");
  const start = performance.now();
  const planned: Planned[] = [];
  for (const side of sides) planned.push({ ...side, made: await plan(side.actor, side.connector) });
  // One right after the other: else the first is under way before the other worker has anything to send.
  const pushes = await Promise.all(planned.map(handOver));
  for (const { actor, pushId } of pushes) await untilDone(actor, pushId);
  return { ms: performance.now() - start, pushIds: pushes.map(({ pushId }) => pushId) };
};

type Planned = Side & { made: MadePlan };

const handOver = async ({ actor, connector: { teamId }, made }: Planned) => {
  const { id } = await applyPlan({ planId: made.id, teamId, hash: made.hash, doer: asDoer(actor) });
  return { actor, pushId: id };
};

const makeSide = async (name: string, kind: ConnectorKind, values: number): Promise<Side> => {
  const team = await makeTeam(`Pace ${name} ${kind} ${String(Date.now())}`);
  const actor = await makeActor([[team, "owner"]]);
  await vouch(team, someValues(values, "sha256"), { name: "To be sent" });
  return { actor, connector: await connect(actor, team, kind) };
};

const untilDone = (actor: Actor, pushId: string): Promise<true> =>
  until(
    "A push",
    async () => {
      const { state, counts } = await getPush(actor, pushId);
      if (state === "queued" || state === "running") return null;
      if (state === "stopped" || counts.accepted !== counts.planned)
        throw new Error(`The push is ${state}: ${JSON.stringify(counts)}`);
      return true;
    },
    PATIENCE_MS,
  );

/** By their logs. */
const countWorkers = (
  destination: string,
  workers: readonly WorkerProcess[],
  pushIds: readonly string[],
): Figure => ({
  name: `${destination}: workers that ended a push of it`,
  value: workers.filter(({ lines }) => pushIds.some((id) => lines.some((line) => hasEnded(line, id)))).length,
  unit: "",
  bar: { least: workers.length },
});

const hasEnded = (line: string, pushId: string): boolean =>
  line.includes('"msg":"Push"') && line.includes(pushId) && line.includes('"outcome":"done"');

const countRefused = async (destination: string, sandbox: Sandbox): Promise<Figure> => ({
  name: `${destination}: requests refused with 429`,
  value: (await sandbox.journal()).filter(({ status }) => status === 429).length,
  unit: "",
  bar: { most: 0 },
  isOfAnySize: true,
});

const tenantSchema = z.object({
  tenants: z.tuple([z.object({ defender: z.object({ count: z.number() }) })]),
});

const readTenant = async (sandbox: Sandbox): Promise<{ count: number }> =>
  tenantSchema.parse(await sandbox.control("GET", `state?tenant=${CONTOSO}&summary=1`)).tenants[0].defender;

const tableSchema = z.object({ rows: z.array(z.object({ TimeGenerated: z.coerce.date() })) });

/** When each write of an object was stored. */
const readTimes = async (sandbox: Sandbox): Promise<number[]> => {
  const table = await sandbox.control("GET", `workspaces/${CONTOSO_SOC}/table?view=rows`);
  return tableSchema.parse(table).rows.map(({ TimeGenerated }) => TimeGenerated.getTime());
};
