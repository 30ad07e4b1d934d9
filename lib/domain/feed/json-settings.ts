import { z } from "zod";

import { whyNoPath } from "./json-path";

/** A JMESPath expression that compiles, and that cannot be made to hang by what it reads. */
const pathSchema = (maxGrowth: number) =>
  z
    .string()
    .trim()
    .min(1, "Leave the path out instead of giving an empty one.")
    .max(500)
    .superRefine((path, context) => {
      const problem = whyNoPath(path, maxGrowth);
      if (problem !== null) context.addIssue({ code: "custom", message: problem });
    });

/** A list may be read from a document of 64 MB, a value from an item of 1 MB. */
const listPath = pathSchema(10);
const itemPath = pathSchema(200);
const optionalPath = itemPath.optional();

/** The fields that tell more about the value beside them, by the names of the CSV columns. */
export const JSON_FIELD_ROLES = [
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
export type JsonFieldRole = (typeof JSON_FIELD_ROLES)[number];

/** Where the values lie in a JSON answer. Paths are JMESPath (jmespath.org); each has a default or may be left out. */
export const jsonSettingsSchema = z.strictObject({
  /** The list of items in the document; `@` is the document itself. */
  list: listPath.default("@"),
  /** One JSON document on each line, each of them an item. */
  isLines: z.boolean().default(false),
  /** The value of an item; an answer that is a list gives several. */
  value: itemPath.default("@"),
  fields: z
    .strictObject({
      type: optionalPath,
      comment: optionalPath,
      confidence: optionalPath,
      tags: optionalPath,
      tlp: optionalPath,
      firstSeen: optionalPath,
      lastSeen: optionalPath,
      validUntil: optionalPath,
      threatType: optionalPath,
    } satisfies Record<JsonFieldRole, typeof optionalPath>)
    .default({}),
});
export type JsonSettings = z.infer<typeof jsonSettingsSchema>;
