import { z } from "zod";

import { type Call } from "../http/call";
import { type Reply } from "../http/reply";

import { CANNED_ANSWERS } from "./canned-answers";
import { matchesGlob } from "./glob";

const answerNames = Object.keys(CANNED_ANSWERS);

/** A scripted fault: which requests it meets, how often, and what it does to them. */
export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().toUpperCase().optional(),
      path: z.string().default("*"),
      /** A text that the request's body holds. */
      body: z.string().min(1).optional(),
    })
    .default({ path: "*" }),
  /** Matching requests that pass untouched before the fault begins. */
  skip: z.number().int().min(0).default(0),
  /** How many requests it meets; `null`: every one until deleted. */
  times: z.number().int().min(1).nullable().default(1),
  /** Carry the request out first and spoil only its answer. */
  processed: z.boolean().default(false),
  latencyMs: z.number().int().min(0).max(600_000).default(0),
  /** Drop the connection without an answer. */
  reset: z.boolean().default(false),
  /** Send only so many bytes of the real answer's body, then drop the connection. */
  truncateAfterBytes: z.number().int().min(0).optional(),
  answer: z
    .string()
    .refine((name) => answerNames.includes(name), `One of: ${answerNames.join(", ")}.`)
    .optional(),
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Text is sent as it is, anything else as JSON. */
  body: z.unknown().optional(),
});

type Fault = z.infer<typeof faultSchema>;
export type ArmedFault = Fault & { id: string; met: number; passed: number };

export type Faults = {
  add: (fault: Fault) => ArmedFault;
  list: () => ArmedFault[];
  remove: (id: string) => boolean;
  clear: () => void;
  /** The first armed fault that meets this request; counts it. */
  take: (call: Pick<Call, "method" | "path" | "body">) => ArmedFault | null;
};

/** The list of scripted faults, in the order they were added. A used-up fault stays listed until removed. */
export const createFaults = (): Faults => {
  let armed: ArmedFault[] = [];
  let nextId = 1;
  return {
    add: (fault) => {
      const entry = { ...fault, id: `fault-${String(nextId)}`, met: 0, passed: 0 };
      nextId += 1;
      armed.push(entry);
      return entry;
    },
    list: () => armed.map((fault) => ({ ...fault })),
    remove: (id) => {
      const before = armed.length;
      armed = armed.filter((fault) => fault.id !== id);
      return armed.length < before;
    },
    clear: () => {
      armed = [];
    },
    take: (call) => {
      for (const fault of armed) {
        if (fault.times !== null && fault.met >= fault.times) continue;
        if (fault.match.method !== undefined && fault.match.method !== call.method) continue;
        if (!matchesGlob(fault.match.path, call.path)) continue;
        if (fault.match.body !== undefined && !call.body.includes(fault.match.body)) continue;
        if (fault.passed < fault.skip) {
          fault.passed += 1;
          continue;
        }
        fault.met += 1;
        return { ...fault };
      }
      return null;
    },
  };
};

/** The scripted answer of a fault, or null when the real one is to be given. */
export const scriptedReply = (fault: Fault): Reply | null => {
  const canned = Object.entries(CANNED_ANSWERS).find(([name]) => name === fault.answer)?.[1]();
  if (canned === undefined && fault.status === undefined && fault.body === undefined) return null;
  const scripted = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body ?? null);
  const contentType =
    typeof fault.body === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  const base = canned ?? { status: 200, headers: { "content-type": contentType }, body: "" };
  return {
    status: fault.status ?? base.status,
    headers: { ...base.headers, ...lowerCaseNames(fault.headers ?? {}) },
    body: fault.body === undefined ? base.body : scripted,
  };
};

const lowerCaseNames = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
