import { z } from "zod";

import { blankAsUndefined } from "@/lib/actions/fields";
import { END_KINDS, type EndKind } from "@/lib/domain/indicator/end-kinds";
import type { IndicatorType } from "@/lib/domain/indicator/types";

const daysSchema = blankAsUndefined(
  z
    .string()
    .regex(/^\s*\d{1,4}\s*$/, "Give a whole number of days, or nothing for no end.")
    .transform(Number)
    .pipe(z.number().min(1, "At least one day.").max(3_650, "At most ten years."))
    .optional(),
);

/** Days for each kind of value; blank: no end. */
export const defaultEndSchema = z.object({
  team: z.string(),
  addresses: daysSchema,
  domains: daysSchema,
  urls: daysSchema,
  emails: daysSchema,
  hashes: daysSchema,
  certificates: daysSchema,
} satisfies Record<EndKind | "team", z.ZodType>);

type Days = Omit<z.output<typeof defaultEndSchema>, "team">;

/** The days of each type that a kind stands for. */
export const toDaysByType = (days: Days): Partial<Record<IndicatorType, number>> =>
  Object.fromEntries(
    END_KINDS.flatMap(({ name, types }) => {
      const chosen = days[name];
      return chosen === undefined ? [] : types.map((type) => [type, chosen]);
    }),
  );
