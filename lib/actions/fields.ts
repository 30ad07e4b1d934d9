import { z } from "zod";

/** A field left blank counts as not given. */
export const blankAsUndefined = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (typeof value === "string" && value.trim() === "" ? undefined : value), schema);

/** A list from a name that may stand never, once or often in a form; blank entries are left out. */
export const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (value: unknown) => [value].flat().filter((item) => item !== undefined && item !== ""),
    z.array(schema),
  );

/** A check box: present means true, whatever its value. */
export const checkbox = () => z.preprocess((value) => value !== undefined && value !== "false", z.boolean());

/** A number as a form sends it, for the schema of that number; what is left blank stays text. */
export const numberOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((text) => (typeof text === "string" && text.trim() !== "" ? Number(text) : text), schema);
