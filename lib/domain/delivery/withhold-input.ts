import { z } from "zod";

import { reasonSchema } from "./reason-input";

/** What is to be held back: exactly one of a feed, what a run added, and everything of a team. */
export const withholdSchema = z
  .strictObject({
    team: z.string(),
    feed: z.uuid("Name a feed by its id.").optional(),
    run: z.uuid("Name a run by its id.").optional(),
    everything: z.literal(true).optional(),
    reason: reasonSchema,
  })
  .refine(
    ({ feed, run, everything }) => [feed, run, everything].filter((one) => one !== undefined).length === 1,
    "Give one of feed, run and everything.",
  );

export const WITHHELD_SCOPES = ["feed", "run", "team"] as const;
export type WithheldScope = (typeof WITHHELD_SCOPES)[number];

/** What a person holds back. */
export type WithheldTarget = { scope: "team" } | { scope: "feed" | "run"; id: string };

/** What of the three a request names. */
export const readWithheldTarget = ({
  feed,
  run,
}: {
  feed?: string | undefined;
  run?: string | undefined;
}): WithheldTarget => {
  if (feed !== undefined) return { scope: "feed", id: feed };
  return run === undefined ? { scope: "team" } : { scope: "run", id: run };
};
