import type { z } from "zod";

import { ProblemError, type LocatedProblem, type RequestPart } from "./problem";
import { findUnstorable } from "./unstorable";

const MEGABYTE = 1024 * 1024;
/** A request's body is refused past this size. */
const MAX_BODY_BYTES = 10 * MEGABYTE;

const TOO_LARGE = `The body is larger than ${String(MAX_BODY_BYTES / MEGABYTE)} MB. Send it in parts.`;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** The body's bytes, read no further than the limit whatever the request says of its length. */
export const readBytes = async (request: Request): Promise<Buffer> => {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES)
    throw new ProblemError("too-large", TOO_LARGE);
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > MAX_BODY_BYTES) throw new ProblemError("too-large", TOO_LARGE);
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks, size);
};

/**
 * The bytes of a body that is a file, as they arrive. A body that is too long, or shorter than it was said to be, is a
 * problem.
 */
export async function* readFile(
  request: Request,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stated = Number(request.headers.get("content-length") ?? Number.NaN);
  const tooLarge = `The file is larger than ${String(maxBytes / MEGABYTE)} MB, which is the limit. Send it packed, as .gz or .zip, or in parts.`;
  if (stated > maxBytes) throw new ProblemError("too-large", tooLarge);
  let size = 0;
  for await (const chunk of untilBroken(request.body)) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new ProblemError("too-large", tooLarge);
    yield chunk;
  }
  if (size < stated) throw cutShort();
}

// Whoever sends goes away: no failure of ours.
const untilBroken = async function* (body: Request["body"]): AsyncGenerator<Uint8Array> {
  try {
    if (body) yield* body;
  } catch {
    throw cutShort();
  }
};

const cutShort = (): ProblemError =>
  new ProblemError("invalid-request", "The file did not arrive whole. Nothing was kept; send it again.");

/** The JSON in a body; throws a problem for another media type, for bad UTF-8 and for what is not JSON. */
export const readJson = (request: Request, bytes: Buffer): unknown => {
  const type = request.headers.get("content-type") ?? "";
  if (!JSON_TYPE.test(type)) {
    throw new ProblemError(
      "unsupported-media-type",
      `Send JSON with “Content-Type: application/json”${type === "" ? "" : `, not “${type.slice(0, 100)}”`}.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : "it is not UTF-8";
    throw new ProblemError("invalid-request", `The body is not JSON: ${reason}.`);
  }
};

/** The parameters of an address; a repeated name is a list. */
export const readQuery = (request: Request): Record<string, string | string[]> => {
  const { searchParams } = new URL(request.url);
  const query = [...new Set(searchParams.keys())].map((name) => {
    const values = searchParams.getAll(name);
    return [name, values.length === 1 ? (values[0] ?? "") : values] as const;
  });
  return Object.fromEntries(query);
};

/** Checks one part of a request; what is refused becomes one problem that names every bad field. */
export const parsePart = async <Schema extends z.ZodType>(
  part: RequestPart,
  schema: Schema,
  value: unknown,
): Promise<z.output<Schema>> => {
  const parsed = await schema.safeParseAsync(value);
  const unstorable = findUnstorable(value).map((path) => ({
    in: part,
    pointer: toPointer(path),
    detail: UNSTORABLE,
  }));
  if (parsed.success && unstorable.length === 0) return parsed.data;
  const errors = [...unstorable, ...(parsed.error?.issues ?? []).flatMap((issue) => locate(part, issue))];
  const [first] = errors;
  const where = first ? `${NAMES[part]} “${first.pointer || "/"}”: ${first.detail}` : "It does not fit.";
  const more = errors.length > 1 ? ` ${String(errors.length - 1)} more below.` : "";
  throw new ProblemError("invalid-request", `${where}${more}`, { errors });
};

const UNSTORABLE = "Text holds no NUL character (U+0000) and no half of a surrogate pair.";

const NAMES: Record<RequestPart, string> = { body: "Field", query: "Parameter", path: "Path parameter" };

const locate = (part: RequestPart, issue: z.core.$ZodIssue): LocatedProblem[] => {
  if (issue.code !== "unrecognized_keys")
    return [{ in: part, pointer: toPointer(issue.path), detail: issue.message }];
  return issue.keys.map((key) => ({
    in: part,
    pointer: toPointer([...issue.path, key]),
    detail: "This name is not known here.",
  }));
};

const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
