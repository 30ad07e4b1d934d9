import { decodeJwt, errors } from "jose";

import { isForm, readForm, readJson, type Call, type Principal, type WrittenRecord } from "../http/call";

import { redactFields, redactHeaders } from "./redact";

const MAX_ENTRIES = 5_000;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

/** One received request as tests and the page see it. `body` is parsed when it was JSON or a form, else text. */
type JournalEntry = {
  seq: number;
  id: string;
  /** By the sandbox's clock. */
  at: string;
  /** By the machine's clock, whatever the sandbox's was put to. */
  receivedAt: string;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: unknown;
  principal: Principal | null;
  /** The client id that its token names, whether or not anybody looked at the token; null where it carries none. */
  bearer: string | null;
  /** Defender's records that it made or changed, whatever became of the answer. */
  records: readonly WrittenRecord[];
  status: number | null;
  fault: string | null;
  durationMs: number;
};

type Outcome = {
  at: Date;
  receivedAt: Date;
  status: number | null;
  fault: string | null;
  durationMs: number;
};
type Kept = { entry: Omit<JournalEntry, "body">; body: () => unknown; bytes: number };

export type Journal = {
  record: (call: Call, outcome: Outcome) => void;
  /** Newest last. `sinceSeq` is exclusive. */
  list: (options?: { sinceSeq?: number; limit?: number }) => JournalEntry[];
  /** How many of those received since it was cleared are not in it any more. */
  dropped: () => number;
  clear: () => void;
};

/** The requests received, oldest dropped first beyond 5,000 entries or 64 MB of bodies. Secrets are never kept. */
export const createJournal = (): Journal => {
  let kept: Kept[] = [];
  let totalBytes = 0;
  let seq = 0;
  let dropped = 0;
  return {
    record: (call, outcome) => {
      seq += 1;
      const entry = {
        seq,
        id: call.id,
        at: outcome.at.toISOString(),
        receivedAt: outcome.receivedAt.toISOString(),
        method: call.method,
        path: call.path,
        query: redactFields(call.query),
        headers: redactHeaders(call.headers),
        principal: call.principal,
        bearer: clientOf(call.headers.authorization),
        records: call.records,
        status: outcome.status,
        fault: outcome.fault,
        durationMs: outcome.durationMs,
      };
      kept.push({ entry, body: showBody(call), bytes: call.body.length });
      totalBytes += call.body.length;
      while (kept.length > 1 && (kept.length > MAX_ENTRIES || totalBytes > MAX_TOTAL_BYTES)) {
        totalBytes -= kept.shift()?.bytes ?? 0;
        dropped += 1;
      }
    },
    list: ({ sinceSeq = 0, limit = MAX_ENTRIES } = {}) =>
      kept
        .filter(({ entry }) => entry.seq > sinceSeq)
        .slice(-limit)
        .map(({ entry, body }) => ({ ...entry, body: body() })),
    dropped: () => dropped,
    clear: () => {
      dropped = 0;
      kept = [];
      totalBytes = 0;
    },
  };
};

/** What a fault spoils is judged by nobody, and was sent by somebody all the same. */
const clientOf = (authorization: string | undefined): string | null => {
  const token = /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) return null;
  try {
    const { appid } = decodeJwt(token);
    return typeof appid === "string" ? appid : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
};

/** Bodies are large and seldom looked at: they are parsed when asked for. A form may hold a secret, so it is reduced at once. */
const showBody = (call: Call): (() => unknown) => {
  if (isForm(call)) {
    const fields = redactFields(readForm(call));
    return () => fields;
  }
  if (call.body.length === 0) return () => null;
  return () => {
    const parsed = readJson(call);
    return parsed.ok ? parsed.value : call.body.toString("utf8");
  };
};
