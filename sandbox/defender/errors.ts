import { randomUUID } from "node:crypto";

import { json, Refusal, type Headers, type Reply } from "../http/reply";

/** Why a single indicator is not taken. `scope: "request"` refuses the whole batch it came in. */
export type Problem = { code: string; message: string; scope: "item" | "request" };

/** The error envelope of all Defender operations; `target` is a correlation id. */
export const defenderError = (status: number, code: string, message: string, headers: Headers = {}): Reply =>
  json(status, { error: { code, message, target: randomUUID() } }, headers);

/** The same, to be thrown. */
export const refuse = (status: number, code: string, message: string, headers: Headers = {}): Refusal =>
  new Refusal(defenderError(status, code, message, headers));
