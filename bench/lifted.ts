import { Client } from "pg";

import { RATE_LIMITS } from "@/lib/connectors/limits";
import { connect, forgetDestinations, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { benchConversion } from "./conversion";
import { median, spread, timed, type Figure, type Sandbox } from "./lib";
import { pushWhole } from "./push-whole";

const VALUES = 5_000;
const ROUNDS = 5;
/** So many values a feed has. */
const FEED_VALUES = 20_000;

/**
 * What the product itself costs where nobody limits the rate: 5,000 values to each destination, from the plan to the last receipt,
 * and the conversion of records into what is sent.
 */
export const benchLifted = async (ownerUrl: string, sandbox: Sandbox): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const kind of ["defender", "sentinel"] as const) {
    const times: number[] = [];
    // The first one opens connections and compiles; each finds the other side empty.
    for (let round = 0; round <= ROUNDS; round += 1) {
      await startAnew(ownerUrl, sandbox);
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

const startAnew = async (ownerUrl: string, sandbox: Sandbox): Promise<void> => {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await forgetDestinations(owner);
  await owner.end();
  await sandbox.reset();
  await liftLimits(sandbox);
};

/** A team that vouches for so many values, and its connector. */
export const makeSide = async (kind: "defender" | "sentinel", values: number) => {
  const team = await makeTeam(`Lifted ${String(values)} of ${String(Date.now())}`);
  const actor = await makeActor([[team, "owner"]]);
  for (let made = 0; made < values; made += FEED_VALUES)
    await vouch(team, someValues(Math.min(FEED_VALUES, values - made), "sha256"), {
      name: `Feed ${String(made)}`,
    });
  return { actor, connector: await connect(actor, team, kind) };
};

const LIFTED = { perMinute: null, perHour: null };

/** Our own pacing and the sandbox's limits; its tenant takes as many as come. */
export const liftLimits = async (sandbox: Sandbox): Promise<void> => {
  for (const limit of Object.values(RATE_LIMITS))
    Object.assign(limit, { perMinute: 10_000_000, perHour: null });
  const defender = { capacity: 10_000_000, import: LIFTED, submit: LIFTED };
  await sandbox.control("PUT", "limits", { defender, sentinel: { upload: LIFTED } });
};
