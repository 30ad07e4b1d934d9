import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { normalise } from "@/lib/domain/indicator/normalise";

import { checkEntry } from "./entry";
import { RECALL_KINDS, type RecallKind } from "./recall";

const textSchema = z.string().trim().min(1).max(2_000);

const targetFields = {
  value: textSchema.optional(),
  domain: textSchema.optional(),
  cidr: textSchema.optional(),
};
const isOne = (input: Partial<Record<RecallKind, string | undefined>>): boolean =>
  RECALL_KINDS.filter((kind) => input[kind] !== undefined).length === 1;
const ONE_OF = "Give one of value, domain and cidr.";

/** What a recall in a team is asked about before it is made. */
export const recallCheckSchema = z.strictObject({ ...targetFields, team: z.string() }).refine(isOne, ONE_OF);

/** What is to be taken back: exactly one of a value, a domain with what lies below it, or a network. */
export const recallCreateSchema = z
  .strictObject({
    ...targetFields,
    reason: z.string().trim().min(1, "Say why: it is kept in the audit.").max(1_000),
    until: z.iso.datetime().nullable().default(null),
    team: z.string().optional(),
    everywhere: z.literal(true).optional(),
  })
  .refine(isOne, ONE_OF)
  .refine(
    ({ team, everywhere }) => (team === undefined) !== (everywhere === undefined),
    "Give either a team, or everywhere: true.",
  );

export type RecallTarget = { kind: RecallKind; value: string };

/** The canonical target of a recall, refused at `field` of whoever asked. Throws `invalid_input` for one that is none, or that would take back nearly everything. */
export const readTarget = (kind: RecallKind, text: string, field: string = kind): RecallTarget => {
  if (kind === "value") {
    const read = normalise(text);
    if (read.ok) return { kind, value: read.value.value };
    throw refuse(field, read.problem.message);
  }
  const checked = checkEntry(kind === "domain" ? "hostname" : "cidr", text);
  if (checked.ok) return { kind, value: checked.value };
  throw refuse(field, checked.problem.message);
};

const refuse = (field: string, message: string): AppError =>
  new AppError("invalid_input", message, { fields: [{ pointer: `/${field}`, detail: message }] });
