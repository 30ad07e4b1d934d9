import { z } from "zod";

import type { Cut } from "./budget";

/**
 * Why a candidate is cut, as its plan and the indicator's page say it: what stands before its rank, and what behind. What stands there
 * loses its place by that.
 */
export const frameCut = (
  { code, cut }: Omit<Cut, "rank">,
  isStanding: boolean,
): { before: string; after: string } => ({
  before: isStanding ? "It loses its place: rank " : "Not sent: rank ",
  after: `, cut at ${count(cut)}${WORDS[code]}${isStanding ? ". It is removed." : "."}`,
});

const WORDS: Readonly<Record<Cut["code"], string>> = {
  "over-budget": "",
  "over-team-ceiling": ", the most that the team may have there",
  "over-feed-ceiling": ", the most that its feed may have there",
};

const numbers = new Intl.NumberFormat("en");
const count = (value: number): string => numbers.format(value);

/**
 * What a plan took of its destination's places. `cut` is the last rank that has a place and `ranked` how many records were ranked:
 * of all teams where the team may see them, else of its own alone. `cut` is null where no rank was cut.
 */
export const planBudgetSchema = z.object({
  wanted: z.number().int(),
  chosen: z.number().int(),
  cut: z.number().int().nullable(),
  ranked: z.number().int(),
  /** What of it goes out as the addresses of networks; left out where the connector takes none apart. */
  fromNetworks: z.object({ networks: z.number().int(), addresses: z.number().int() }).optional(),
});
export type PlanBudget = z.infer<typeof planBudgetSchema>;

/** `13,500 of 40,000 chosen; cut at rank 13,500; from networks: 1,204 addresses of 12 networks`. */
export const describePlanBudget = ({ fromNetworks, ...budget }: PlanBudget): string => {
  if (!fromNetworks) return describeChoice(budget);
  const { addresses, networks } = fromNetworks;
  const cost = `${count(addresses)} ${addresses === 1 ? "address" : "addresses"} of ${count(networks)} ${networks === 1 ? "network" : "networks"}`;
  return `${describeChoice(budget)}; from networks: ${cost}`;
};

const describeChoice = ({ wanted, chosen, cut, ranked }: PlanBudget): string => {
  const chosenOf = `${count(chosen)} of ${count(wanted)} chosen`;
  if (cut === null) return wanted === chosen ? chosenOf : `${chosenOf}; the others are above a ceiling`;
  const others = ranked === wanted ? "" : ` of ${count(ranked)}`;
  return `${chosenOf}; cut at rank ${count(cut)}${others}`;
};
