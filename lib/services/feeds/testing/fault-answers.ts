import type { ErrorCode } from "@/lib/domain/errors";

/** What a source answers instead of what it was asked for, as the sandbox scripts it, and what a run must say of it. */
type Failure = readonly [name: string, answer: object, code: ErrorCode, sentence: RegExp];

const page = (title: string): string =>
  `<!DOCTYPE html><html lang="en-US"><head><title>${title}</title></head><body></body></html>`;
const HTML = { "content-type": "text/html; charset=UTF-8" };
const moved = (location: string): object => ({ status: 302, headers: { location }, body: "" });
const ROBOT_CHECK = page("Just a moment...");
const ASK_PROVIDER = /takes Sluice for a robot: .*Cloudflare.*Nothing was changed\. Ask the provider/;

/** Ten lines a second, far longer than three seconds. */
export const DRIP = moved("/feeds/faults/drip");
export const WEB_PAGE = { status: 200, headers: HTML, body: page("Welcome") };
export const ROBOT_PAGE = { status: 200, headers: HTML, body: ROBOT_CHECK };
/** The whole length is announced, half of it comes. */
export const CUT_SHORT = moved("/feeds/faults/truncated");
export const NOTHING = { status: 200, body: "" };

/** What ends a run as failed, whatever the feed's kind. */
export const FAILURES: readonly Failure[] = [
  [
    "429",
    { status: 429, headers: { "retry-after": "1" }, body: "" },
    "upstream_unavailable",
    /slow down \(HTTP 429\), for a second\. Nothing was changed.*run less often/,
  ],
  [
    "429 for hours",
    { status: 429, headers: { "retry-after": "7200" }, body: "" },
    "upstream_unavailable",
    /slow down \(HTTP 429\), for 2 hours\. .*run less often/,
  ],
  ["500", { status: 500, body: "" }, "upstream_unavailable", /in trouble \(HTTP 500\).*tell whoever runs it/],
  [
    "401",
    { status: 401, body: "" },
    "upstream_rejected",
    /\(HTTP 401\)\. Check the user name, password or key/,
  ],
  [
    "403",
    { status: 403, body: "" },
    "upstream_rejected",
    /refuses (?:access )?\(HTTP 403\)\. The key may lack a right, or this server's address may be blocked/,
  ],
  ["a reset", { reset: true }, "upstream_unavailable", /before it was complete/],
  ["a page to sign in", moved("/feeds/faults/login"), "upstream_rejected", /sign-in page.*needs credentials/],
  [
    "a redirect to a private address",
    moved("http://169.254.169.254/"),
    "blocked_address",
    /169\.254\.169\.254, which is not a public address.*operator can allow/,
  ],
  [
    "a check for robots",
    { status: 403, headers: { ...HTML, "cf-mitigated": "challenge" }, body: ROBOT_CHECK },
    "upstream_rejected",
    ASK_PROVIDER,
  ],
  ["503 with a check for robots", { ...ROBOT_PAGE, status: 503 }, "upstream_rejected", ASK_PROVIDER],
];

/** What also ends it as failed when the source is asked in several requests: each must be a whole document. */
export const COLLECTED_FAILURES: readonly Failure[] = [
  ...FAILURES,
  ["a body cut short", CUT_SHORT, "upstream_unavailable", /before it was complete/],
  ["a web page", WEB_PAGE, "upstream_rejected", /web page instead of data.*Look at the address/],
  ["a check for robots as a good answer", ROBOT_PAGE, "upstream_rejected", ASK_PROVIDER],
];
