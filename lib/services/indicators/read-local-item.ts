import "server-only";

import { z } from "zod";

import { localIndicatorSchema, type LocalIndicator } from "@/lib/domain/indicator/local";
import { normalise, type Normalised } from "@/lib/domain/indicator/normalise";

type ReadItem = { text: string } & (
  { good: Pick<Normalised, "type" | "value" | "port"> & { input: LocalIndicator } } | { reason: string }
);

type ItemSchema = z.ZodType<LocalIndicator>;

/** One item as it was sent, or kept, checked and with its canonical value, or why it is none. */
export const readLocalItem = (
  item: unknown,
  now: Date,
  schema: ItemSchema = localIndicatorSchema,
): ReadItem => {
  const parsed = schema.safeParse(item);
  const text = valueOf(item);
  if (!parsed.success) return { text, reason: z.prettifyError(parsed.error).replaceAll("\n", " ") };
  const input = parsed.data;
  const normalised = normalise(input.value, input.type ? { type: input.type } : {});
  if (!normalised.ok) return { text, reason: normalised.problem.message };
  const { type, value, port } = normalised.value;
  if (input.type && input.type !== type)
    return { text, reason: `“${input.value}” is of the type ${type}, not ${input.type}.` };
  if (input.validUntil != null && new Date(input.validUntil) <= now)
    return { text, reason: "It would expire in the past. Give a later end, or none." };
  return { text, good: { type, value, ...(port !== undefined && { port }), input } };
};

const valueOf = (item: unknown): string =>
  typeof item === "object" && item !== null && "value" in item && typeof item.value === "string"
    ? item.value.slice(0, 4_000)
    : "";
