import { timingSafeEqual, createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { pathParam, type Call } from "../http/call";
import { empty, text, type Reply } from "../http/reply";
import { BASIC_AUTH } from "../state/presets";

import { covid19Csv } from "./covid19";

const CSV = "text/csv; charset=utf-8";
const LINES_PER_SECOND = 10;
const DEFAULT_DELAY_MS = 15_000;
const DEFAULT_HUGE_MB = 256;
const BOMB_MB = 200;
/** A gzip file may consist of many, one after the other. */
const ONE_MB_COMPRESSED = gzipSync(Buffer.alloc(1024 * 1024, "a"));

const SIGN_IN_PAGE =
  "<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>";

/** As a firewall sends it that takes every program for a robot. */
const ROBOT_CHECK_PAGE =
  '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head><body><noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={cvId:"3"};</script></body></html>';

const rows = (): string[] => covid19Csv(1).split("\r\n");

const wholeNumber = (call: Call, name: string, fallback: number, most: number): number => {
  const value = Number(call.query.get(name) ?? String(fallback));
  return Number.isInteger(value) && value >= 0 ? Math.min(value, most) : fallback;
};

const FAULT_FEEDS: Record<string, (call: Call) => Reply | Promise<Reply>> = {
  /** A proxy's page where data should be, with 200. */
  html: () => text(200, "text/html; charset=utf-8", SIGN_IN_PAGE),
  empty: () => text(200, CSV, ""),
  comments: () => text(200, "text/plain; charset=utf-8", "# nothing today\n# come back tomorrow\n"),
  /** The whole length is announced, half of it arrives. */
  truncated: () => ({
    ...text(200, CSV, covid19Csv(1)),
    cutAfterBytes: Math.floor(covid19Csv(1).length / 2),
  }),
  /** First byte after `?delayMs=`. */
  slow: async (call) => {
    await wait(wholeNumber(call, "delayMs", DEFAULT_DELAY_MS, 600_000), undefined, { ref: false });
    return text(200, CSV, covid19Csv(2));
  },
  /** Ten lines a second, which takes 95 seconds. */
  drip: () => ({ status: 200, headers: { "content-type": CSV }, body: drip() }),
  /** `?mb=` of lines without end in sight, no length announced. */
  huge: (call) => ({
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: huge(wholeNumber(call, "mb", DEFAULT_HUGE_MB, 4096)),
  }),
  /** Whole, but with every second row only. */
  half: () =>
    text(
      200,
      CSV,
      rows()
        .filter((_, index) => index % 2 === 0)
        .join("\r\n"),
    ),
  /** The same rows, cut by semicolons from now on. */
  semicolons: () => text(200, CSV, rows().join("\r\n").replaceAll(",", ";")),
  "429": () => text(429, "text/plain; charset=utf-8", "Too Many Requests\n", { "retry-after": "1" }),
  "500": () => text(500, "text/plain; charset=utf-8", "Internal Server Error\n"),
  "503": () => text(503, "text/plain; charset=utf-8", "Service Unavailable\n", { "retry-after": "120" }),
  "404": () => text(404, "text/plain; charset=utf-8", "Not Found\n"),
  "basic-auth": (call) =>
    hasBasicAuth(call)
      ? text(200, CSV, covid19Csv(2))
      : text(401, "text/plain; charset=utf-8", "Unauthorized\n", {
          "www-authenticate": 'Basic realm="feeds"',
        }),
  /** To `?to=`, by default to this machine under its other name, which is another origin. */
  redirect: (call) =>
    empty(302, { location: call.query.get("to") ?? `${otherOrigin(call)}/feeds/blocklist.txt` }),
  /** To a page that asks a person to sign in, as portals do when a key has run out. */
  login: (call) => empty(302, { location: `${call.origin}/feeds/faults/sign-in` }),
  "sign-in": () => text(200, "text/html; charset=utf-8", SIGN_IN_PAGE),
  /** A check that only a person at a browser passes, and the same page as if it were the list. */
  "robot-check": () =>
    text(403, "text/html; charset=UTF-8", ROBOT_CHECK_PAGE, { "cf-mitigated": "challenge" }),
  "robot-page": () => text(200, "text/html; charset=UTF-8", ROBOT_CHECK_PAGE),
  "redirect-loop": (call) => empty(302, { location: `${call.origin}/feeds/faults/redirect-loop` }),
  /** A file, not an encoding of the answer; the second one ends before its time although the answer is whole. */
  "gzip-file": () => gzipFile(gzipSync(covid19Csv(1))),
  "gzip-file-cut": () => gzipFile(gzipSync(covid19Csv(1)).subarray(0, -2_000)),
  gzip: () => compressed(covid19Csv(1)),
  "gzip-bomb": () => gzipReply(Buffer.concat(Array.from({ length: BOMB_MB }, () => ONE_MB_COMPRESSED))),
  /** Damaged in the middle: many readers forgive a missing end. */
  "gzip-broken": () => {
    const damaged = gzipSync(covid19Csv(1));
    return gzipReply(damaged.fill(0xff, Math.floor(damaged.length / 2)));
  },
};

/** The names below `/feeds/faults/`. */
const FAULT_FEED_NAMES = Object.keys(FAULT_FEEDS);

/** `GET /feeds/faults/{name}`: a feed that goes wrong in the way its name says. */
export const serveFaultFeed = (call: Call): Reply | Promise<Reply> => {
  const serve = FAULT_FEEDS[pathParam(call, "name")];
  return serve === undefined
    ? text(404, "text/plain; charset=utf-8", `Unknown fault. One of: ${FAULT_FEED_NAMES.join(", ")}.\n`)
    : serve(call);
};

async function* drip(): AsyncGenerator<Buffer> {
  for (const line of covid19Csv(1).split(/(?<=\n)/)) {
    yield Buffer.from(line);
    await wait(1000 / LINES_PER_SECOND, undefined, { ref: false });
  }
}

async function* huge(megabytes: number): AsyncGenerator<Buffer> {
  const chunk = Buffer.from("filler.example-sluice-demo.com\n".repeat(40_000)).subarray(0, 1024 * 1024);
  for (let sent = 0; sent < megabytes; sent += 1) {
    yield chunk;
    // Other requests get their turn between two megabytes.
    await wait(0);
  }
}

const compressed = (body: string | Buffer): Reply => gzipReply(gzipSync(body));

const gzipReply = (body: Buffer): Reply => ({
  status: 200,
  headers: { "content-type": CSV, "content-encoding": "gzip" },
  body,
});

const gzipFile = (body: Buffer): Reply => ({
  status: 200,
  headers: { "content-type": "application/gzip" },
  body,
});

const otherOrigin = (call: Call): string => {
  const url = new URL(call.origin);
  url.hostname = url.hostname === "localhost" ? "127.0.0.1" : "localhost";
  return url.origin;
};

const hasBasicAuth = (call: Call): boolean => {
  const expected = `Basic ${Buffer.from(`${BASIC_AUTH.username}:${BASIC_AUTH.password}`).toString("base64")}`;
  const hash = (value: string): Buffer => createHash("sha256").update(value).digest();
  return timingSafeEqual(hash(call.headers.authorization ?? ""), hash(expected));
};
