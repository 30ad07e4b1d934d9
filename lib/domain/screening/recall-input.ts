import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { normalise } from "@/lib/domain/indicator/normalise";

import { checkEntry } from "./entry";
import { RECALL_KINDS, type RecallKind } from "./recall";

const textSchema = z.string().trim().min(1).max(2_000);

/** What is to be taken back: exactly one of a value, a domain with what lies below it, or a network. */
export const recallCreateSchema = z
  .strictObject({
    value: textSchema.optional(),
    domain: textSchema.optional(),
    cidr: textSchema.optional(),
    reason: z.string().trim().min(1, "Say why: it is kept in the audit.").max(1_000),
    until: z.iso.datetime().nullable().default(null),
    team: z.string().optional(),
    everywhere: z.literal(true).optional(),
  })
  .refine(
    (input) => RECALL_KINDS.filter((kind) => input[kind] !== undefined).length === 1,
    "Give one of value, domain and cidr.",
  )
  .refine(
    ({ team, everywhere }) => (team === undefined) !== (everywhere === undefined),
    "Give either a team, or everywhere: true.",
  );

export type RecallTarget = { kind: RecallKind; value: string };

/** The canonical target of a recall. Throws `invalid_input` for one that is none, or that would take back nearly everything. */
export const readTarget = (kind: RecallKind, text: string): RecallTarget => {
  if (kind === "value") {
    const read = normalise(text);
    if (read.ok) return { kind, value: read.value.value };
    throw refuse(kind, read.problem.message);
  }
  const checked = checkEntry(kind === "domain" ? "hostname" : "cidr", text);
  if (checked.ok) return { kind, value: checked.value };
  throw refuse(kind, checked.problem.message);
};

const refuse = (kind: RecallKind, message: string): AppError =>
  new AppError("invalid_input", message, { fields: [{ pointer: `/${kind}`, detail: message }] });
