import { AppError } from "../errors";

type Answer = {
  /** Lower-case names. */
  headers?: Readonly<Record<string, string>>;
  /** The beginning of its text. */
  text?: string;
};

/**
 * Who answered in a source's place with a check that only a person at a browser passes, such as “Cloudflare”; null for any
 * other answer. A page to sign in is none, though it may ask for a captcha, too.
 */
export const findRobotCheck = ({ headers = {}, text = "" }: Answer): string | null => {
  const named = HEADERS.find(({ name, pattern }) => pattern.test(headers[name] ?? ""));
  if (named) return named.by;
  const start = text.slice(0, MAX_CHARS);
  const known = PAGES.find(({ pattern }) => pattern.test(start));
  if (known) return known.by;
  const asks = CAPTCHAS.some((pattern) => pattern.test(start));
  return asks && !PASSWORD.test(start) ? "a captcha" : null;
};

/** What such a check means and what a person can do about it, as a sentence about `subject`; `status` null: it came as HTTP 200. */
export const describeRobotCheck = (subject: string, by: string, status: number | null = null): string =>
  `${subject} takes Sluice for a robot: instead of data came a check that only a person at a browser passes (${by}${status === null ? "" : `, HTTP ${String(status)}`}).`;

export const ROBOT_CHECK_ADVICE =
  "Ask the provider for an address that is made for programs (an API), or to let this server's address through. If it wants a certain User-Agent, add that header to the feed.";

/** The failure behind a robot check. Asking again at once would only make it worse, so it is not tried again before the next run. */
export const robotCheckFailure = (host: string, by: string, status: number | null = null): AppError =>
  new AppError(
    "upstream_rejected",
    `${describeRobotCheck(host, by, status)} Nothing was changed. ${ROBOT_CHECK_ADVICE}`,
    { context: { reason: "robot_check", ...(status !== null && { status }) } },
  );

/** Whether a failure says that the source takes us for a robot: then its sentence says what to do, whatever was asked. */
export const isRobotCheck = ({ context }: AppError): boolean => context["reason"] === "robot_check";

const HEADERS = [
  { by: "Cloudflare", name: "cf-mitigated", pattern: /^challenge$/i },
  // To a program that does not ask for HTML the AWS firewall sends no page at all, with 202 or 405.
  { by: "AWS WAF", name: "x-amzn-waf-action", pattern: /^(?:challenge|captcha)$/i },
] as const;

// Marks of the check itself: scripts that these vendors put into ordinary pages, too, are none.
const PAGES = [
  {
    by: "Cloudflare",
    pattern:
      /_cf_chl_opt|<title>(?:Just a moment\.\.\.|Attention Required! \| Cloudflare)|DDoS protection by Cloudflare|^\s*error code: 10(?:0[5-9]|10|12|20)\b/i,
  },
  { by: "Akamai", pattern: /errors\.edgesuite\.net|Reference(?:&#32;| )(?:&#35;|#)\d+(?:\.|&#46;)[\da-f]+/i },
  { by: "Imperva", pattern: /_Incapsula_Resource|Incapsula incident ID/i },
  { by: "AWS WAF", pattern: /\.awswaf\.com|AwsWafIntegration|Request blocked\.[\s\S]{0,400}cloudfront/i },
  { by: "DataDome", pattern: /captcha-delivery\.com/i },
  { by: "HUMAN", pattern: /px-captcha|window\._pxAppId/i },
  { by: "Sucuri", pattern: /Sucuri Website Firewall|sucuri_cloudproxy/i },
  { by: "DDoS-Guard", pattern: /<title>DDoS-Guard|\/\.well-known\/ddos-guard\//i },
  { by: "Anubis", pattern: /\/\.within\.website\/x\/cmd\/anubis|Making sure you(?:'|&#39;|’)re not a bot/i },
  { by: "F5", pattern: /The requested URL was rejected\. Please consult with your administrator/i },
] as const;

/** How pages of anybody's own ask for it. */
const CAPTCHAS = [
  /\b(?:complete|solve|enter|pass)\s[^.<]{0,40}\bcaptcha/i,
  /captcha\s(?:is\s)?(?:required|verification|check)\b/i,
  /\b(?:verify|prove|confirm|checking)\s[^.<]{0,20}\byou(?:'|&#39;|’|\sa)re\s(?:a\s)?human\b/i,
  /\bnot a (?:ro)?bot\b/i,
  /\bare you (?:a )?(?:robot|human)\b/i,
  /\bunusual traffic from your\b/i,
  /\bchecking (?:your browser|if (?:the site connection|you are))\b/i,
];
const PASSWORD = /type=["']?password/i;
const MAX_CHARS = 16_384;
