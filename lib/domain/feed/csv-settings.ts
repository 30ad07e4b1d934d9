import { z } from "zod";

import { encodingSchema } from "./encoding-settings";

/** A column by its number, the first being 1, or by its name in the header row. */
const columnSchema = z.union(
  [z.number().int().min(1).max(1_000), z.string().trim().min(1).max(200)],
  "Give a column's number, counted from 1, or its name in the header row.",
);
export type ColumnReference = z.infer<typeof columnSchema>;

/** The columns that tell more about the value beside them. */
export const CSV_COLUMN_ROLES = [
  "type",
  "comment",
  "confidence",
  "tags",
  "tlp",
  "firstSeen",
  "lastSeen",
  "validUntil",
  "threatType",
] as const;
export type CsvColumnRole = (typeof CSV_COLUMN_ROLES)[number];

const isName = (column: ColumnReference | undefined): boolean => typeof column === "string";
const optionalColumn = columnSchema.optional();

/** How a list is cut into rows and cells, as contracts name it. Every field has a default. */
export const csvSettingsSchema = z
  .strictObject({
    /** One or more characters; `\t` written out means TAB. A single blank means "any run of blanks". */
    delimiter: z
      .string()
      .max(10)
      .transform((text) => (text === String.raw`\t` ? "\t" : text))
      .refine((text) => !/["\n\r]/.test(text), "A delimiter holds no quote and no line end.")
      .transform((text) => text || ",")
      .default(","),
    /** None: every cell that reads as an indicator is one. */
    valueColumns: z.array(columnSchema).max(50).default([1]),
    header: z.boolean().default(false),
    commentPrefixes: z.array(z.string().min(1).max(20)).max(10).default(["#"]),
    encoding: encodingSchema.default("auto"),
    columns: z
      .strictObject({
        type: optionalColumn,
        comment: optionalColumn,
        confidence: optionalColumn,
        tags: optionalColumn,
        tlp: optionalColumn,
        firstSeen: optionalColumn,
        lastSeen: optionalColumn,
        validUntil: optionalColumn,
        threatType: optionalColumn,
      } satisfies Record<CsvColumnRole, typeof optionalColumn>)
      .default({}),
  })
  .refine(
    ({ header, valueColumns, columns }) =>
      header || ![...valueColumns, ...Object.values(columns)].some(isName),
    {
      path: ["header"],
      error: "A column is given by its name, so the list must have a header row.",
    },
  );
export type CsvSettings = z.infer<typeof csvSettingsSchema>;
