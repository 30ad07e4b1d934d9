import { type z, prettifyError } from "zod";

import { isForm, readForm, readJson, type Call } from "../http/call";
import { json, Refusal, type Reply } from "../http/reply";
import { type Handler } from "../http/router";

/** A refusal of the control paths. */
export const refuse = (status: number, message: string): Refusal =>
  new Refusal(json(status, { error: { message } }));

/** The body (JSON or a form; nothing counts as an empty object) by a schema; throws 400 with every complaint. */
export const readControl = <T>(call: Call, schema: z.ZodType<T>): T => {
  const result = schema.safeParse(readValue(call));
  if (result.success) return result.data;
  throw refuse(400, prettifyError(result.error));
};

/** Keeps pages of other origins from steering the sandbox through somebody's browser. */
export const guarded =
  (handle: Handler): Handler =>
  (call, world) => {
    const origin = call.headers.origin;
    if (origin !== undefined && origin !== call.origin)
      throw refuse(403, "Another origin may not steer the sandbox.");
    return handle(call, world);
  };

/** An answer that a person can read in a terminal. */
export const pretty = (value: unknown): Reply => ({
  ...json(200, value),
  body: `${JSON.stringify(value, null, 2)}\n`,
});

const readValue = (call: Call): unknown => {
  if (call.body.length === 0) return {};
  if (isForm(call)) return Object.fromEntries(readForm(call));
  const parsed = readJson(call);
  if (!parsed.ok) throw refuse(400, `The body is not JSON: ${parsed.message}`);
  return parsed.value;
};
