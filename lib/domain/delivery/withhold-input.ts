import { z } from "zod";

import { AppError } from "../errors";
import { reasonSchema } from "./reason-input";

const ONE_OF = "Give one of feed, run and everything.";

/** When a hold is to lift itself; null: it stands until somebody lifts it. */
export const untilSchema = z.iso
  .datetime()
  .nullable()
  .transform((text) => (text === null ? null : new Date(text)));

const targetFields = {
  team: z.string(),
  feed: z.uuid("Name a feed by its id.").optional(),
  run: z.uuid("Name a run by its id.").optional(),
  everything: z.literal(true).optional(),
};
type Target = { feed?: unknown; run?: unknown; everything?: unknown };
const isOne = ({ feed, run, everything }: Target): boolean =>
  [feed, run, everything].filter((one) => one !== undefined).length === 1;

/** What is to be held back: exactly one of a feed, what a run added, and everything of a team. */
export const withholdSchema = z
  .strictObject({ ...targetFields, reason: reasonSchema, until: untilSchema.default(null) })
  .refine(isOne, ONE_OF);

/** What is thought of to be held back. */
export const withholdCheckSchema = z.strictObject(targetFields).refine(isOne, ONE_OF);

export const WITHHELD_SCOPES = ["feed", "run", "team"] as const;
export type WithheldScope = (typeof WITHHELD_SCOPES)[number];

/** What a person holds back. */
export type WithheldTarget = { scope: "team" } | { scope: "feed" | "run"; id: string };

/** What of the three a request names; `invalid_input` unless it is exactly one: nothing named must never be everything. */
export const readWithheldTarget = (named: {
  feed?: string | undefined;
  run?: string | undefined;
  everything?: true | undefined;
}): WithheldTarget => {
  if (!isOne(named)) throw new AppError("invalid_input", ONE_OF);
  const { feed, run } = named;
  if (feed !== undefined) return { scope: "feed", id: feed };
  return run === undefined ? { scope: "team" } : { scope: "run", id: run };
};
