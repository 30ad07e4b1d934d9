import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { median, spread, timed, type Figure, type Sandbox } from "./lib";
import { liftLimits, makeSide } from "./lifted";
import { pushWhole } from "./push-whole";

const [SMALL, MIDDLE, LARGE] = [10_000, 100_000, 1_000_000];
/** What a million is held against is the middle of some: one alone is as noisy as the machine. */
const SIZES = [
  { size: SMALL, rounds: 3 },
  { size: MIDDLE, rounds: 3 },
  { size: LARGE, rounds: 1 },
];
const WARM_UP = 20_000;
const FLAT = 1.25;

type Options = { url: string; sandbox: Sandbox; sandboxUrl: string; share: number };

/** What a value costs as pushes grow: plan and push to a workspace that takes everything at once, behind `url`. */
export const benchGrowth = async ({ url, sandbox, sandboxUrl, share }: Options): Promise<Figure[]> => {
  const sink = spawn(
    process.execPath,
    ["--import=tsx", join(import.meta.dirname, "upload-sink.ts"), new URL(url).port, sandboxUrl],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(sink.stdout, "data");
  try {
    await liftLimits(sandbox);
    await pushSome(Math.round(WARM_UP * share));
    return await pushSizes(share);
  } finally {
    sink.kill();
  }
};

const pushSizes = async (share: number): Promise<Figure[]> => {
  const costs = new Map<number, number>();
  const figures: Figure[] = [];
  for (const { size, rounds } of SIZES) {
    const values = Math.round(size * share);
    const each: number[] = [];
    for (let round = 0; round < rounds; round += 1) each.push(((await pushSome(values)) / values) * 1_000);
    costs.set(size, median(each));
    figures.push({
      name: `Push of ${count(values)}, rates lifted`,
      value: median(each),
      unit: "µs each",
      note: `${((median(each) * values) / 1e6).toFixed(1)} s, plan included${rounds > 1 ? `; ${spread(each)} µs` : ""}`,
    });
  }
  const [middle, large] = [MIDDLE, LARGE].map((size) => costs.get(size) ?? Number.NaN);
  const ratio = (large ?? Number.NaN) / (middle ?? Number.NaN);
  const name = `A value of ${count(LARGE * share)} / of ${count(MIDDLE * share)}`;
  return [...figures, { name, value: ratio, unit: "×", bar: { most: FLAT } }];
};

const pushSome = async (size: number): Promise<number> => {
  const { actor, connector } = await makeSide("sentinel", size);
  const { ms } = await timed(() => pushWhole(actor, connector, size));
  return ms;
};

const count = (values: number): string => Math.round(values).toLocaleString("en");
