import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { Client } from "pg";

import { toImportItem } from "@/lib/connectors/defender/map";
import { RATE_LIMITS } from "@/lib/connectors/limits";
import { toStixIndicator } from "@/lib/connectors/sentinel/map";
import { outgoing } from "@/lib/connectors/testing/records";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { connect, forgetDestinations, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { median, spread, timed, type Figure } from "./lib";

const VALUES = 5_000;
const ROUNDS = 5;
const CONVERTED = 100_000;
const SIZES = [10_000, 100_000, 1_000_000];
/** So many values a feed has. */
const FEED_VALUES = 20_000;

/**
 * What the product itself costs where nobody limits the rate: 5,000 values to each destination, from the plan to the last receipt,
 * and the conversion of records into what is sent.
 */
export const benchLifted = async (ownerUrl: string, sandboxUrl: string): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const kind of ["defender", "sentinel"] as const) {
    const times: number[] = [];
    // The first one opens connections and compiles; each finds the other side empty.
    for (let round = 0; round <= ROUNDS; round += 1) {
      await startAnew(ownerUrl, sandboxUrl);
      const { actor, connector } = await makeSide(kind, VALUES);
      const { ms } = await timed(() => pushWhole(actor, connector, VALUES));
      if (round > 0) times.push(ms);
    }
    const note = `${spread(times)} in ${String(ROUNDS)} rounds after a first`;
    figures.push({
      name: `${VALUES.toLocaleString("en")} to ${kind}, plan to receipts`,
      value: median(times),
      unit: "ms",
      bar: { most: 1_000 },
      note,
    });
  }
  return [...figures, ...benchConversion()];
};

const startAnew = async (ownerUrl: string, sandboxUrl: string): Promise<void> => {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await forgetDestinations(owner);
  await owner.end();
  await control(sandboxUrl, "POST", "reset");
  await liftLimits(sandboxUrl);
};

type Growth = { url: string; sandboxUrl: string; scale: number };

/** What a value costs as pushes grow: plan and push to a workspace that takes everything at once, behind `url`. */
export const benchGrowth = async ({ url, sandboxUrl, scale }: Growth): Promise<Figure[]> => {
  const sink = spawn(
    process.execPath,
    ["--import=tsx", join(import.meta.dirname, "upload-sink.ts"), new URL(url).port, sandboxUrl],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(sink.stdout, "data");
  try {
    await liftLimits(sandboxUrl);
    await pushSome(1_000);
    return await pushSizes(scale);
  } finally {
    sink.kill();
  }
};

const pushSizes = async (scale: number): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const size of SIZES.map((one) => Math.round(one * scale))) {
    const ms = await pushSome(size);
    figures.push({
      name: `Push of ${size.toLocaleString("en")}, rates lifted`,
      value: (ms / size) * 1_000,
      unit: "µs each",
      note: `${(ms / 1_000).toFixed(1)} s, plan included`,
    });
  }
  return figures;
};

const pushSome = async (size: number): Promise<number> => {
  const { actor, connector } = await makeSide("sentinel", size);
  const { ms } = await timed(() => pushWhole(actor, connector, size));
  return ms;
};

const makeSide = async (kind: "defender" | "sentinel", values: number) => {
  const team = await makeTeam(`Lifted ${String(values)} of ${String(Date.now())}`);
  const actor = await makeActor([[team, "owner"]]);
  for (let made = 0; made < values; made += FEED_VALUES)
    await vouch(team, someValues(Math.min(FEED_VALUES, values - made), "sha256"), {
      name: `Feed ${String(made)}`,
    });
  return { actor, connector: await connect(actor, team, kind) };
};

const benchConversion = (): Figure[] => {
  const records = Array.from({ length: CONVERTED }, (_, number) => outgoing(number));
  return (["Defender", "Sentinel"] as const).map((kind) => {
    const convert = kind === "Defender" ? toDefenderBody : toSentinelBody;
    const rates = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      for (let from = 0; from < records.length; from += 500) convert(records.slice(from, from + 500));
      return CONVERTED / ((performance.now() - start) / 1_000);
    });
    return {
      name: `Records converted for ${kind}, JSON included`,
      value: median(rates),
      unit: "per s",
      bar: { least: 50_000 },
      note: spread(rates),
    };
  });
};

type Records = ReturnType<typeof outgoing>[];
const toDefenderBody = (records: Records) =>
  JSON.stringify({ Indicators: records.map((record) => toImportItem(record, "Sluice")) });
const toSentinelBody = (records: Records) =>
  JSON.stringify({ sourcesystem: "Sluice", stixobjects: records.map(toStixIndicator) });

const pushWhole = async (actor: Actor, connector: ConnectorView, expected: number): Promise<void> => {
  const { state, counts } = await push(actor, connector);
  if (state !== "done" || counts.accepted !== expected)
    throw new Error(`The push to ${connector.kind} ended as ${state}: ${JSON.stringify(counts)}`);
};

const LIFTED = { perMinute: null, perHour: null };

/** Our own pacing and the sandbox's limits; its tenant takes as many as come. */
const liftLimits = async (sandboxUrl: string): Promise<void> => {
  for (const limit of Object.values(RATE_LIMITS))
    Object.assign(limit, { perMinute: 10_000_000, perHour: null });
  const defender = { capacity: 10_000_000, import: LIFTED, submit: LIFTED };
  await control(sandboxUrl, "PUT", "limits", { defender, sentinel: { upload: LIFTED } });
};

const control = async (sandboxUrl: string, method: string, path: string, body?: unknown): Promise<void> => {
  const response = await fetch(`${sandboxUrl}/_control/${path}`, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  if (!response.ok) throw new Error(`The sandbox refused ${path}: ${await response.text()}`);
};
