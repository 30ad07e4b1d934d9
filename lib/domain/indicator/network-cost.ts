import { z } from "zod";

/** So many live networks of a team have so many addresses each; `within`: the size of the smallest other one that they lie in. */
const networksOfSizeSchema = z.object({
  size: z.number(),
  within: z.number().nullable(),
  networks: z.number(),
});
export type NetworksOfSize = z.output<typeof networksOfSizeSchema>;

/** What the answer to a form holds that had networks counted. */
export const countedNetworksSchema = z.object({ networks: z.array(networksOfSizeSchema) });

/** What networks of up to so many addresses would take as these. */
export type NetworkCost = {
  networks: number;
  /** How many of them lie in others of them, and cost nothing more. */
  nested: number;
  /** Their addresses, each counted once. */
  places: number;
};

/** What small networks would cost, where those of at most so many addresses are sent as these. */
export const networkCost = (counted: readonly NetworksOfSize[], most: number): NetworkCost => {
  const cost: NetworkCost = { networks: 0, nested: 0, places: 0 };
  for (const { size, within, networks } of counted) {
    if (size > most) continue;
    cost.networks += networks;
    // Networks either lie in each other or have nothing in common.
    if (within !== null && within <= most) cost.nested += networks;
    else cost.places += size * networks;
  }
  return cost;
};
