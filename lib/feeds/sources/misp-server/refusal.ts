import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { findRobotCheck, isRobotCheck, robotCheckFailure } from "@/lib/domain/feed/robot-check";
import type { SourceAnswer } from "@/lib/feeds/source";
import { decodeText } from "@/lib/feeds/text/decode";

/** Statuses with which MISP refuses a request and says why. */
export const REFUSALS: readonly number[] = [400, 403, 404, 405];

/** The failure behind a refusal: MISP's own words and what to do about them. */
export const readRefusal = async (answer: SourceAnswer, signal: AbortSignal): Promise<AppError> => {
  const { status } = answer;
  const text = await readStart(answer, signal);
  const host = new URL(answer.finalUrl).host;
  const check = findRobotCheck({ headers: answer.headers, text });
  if (check !== null) return robotCheckFailure(host, check, status);
  const words = wordsOf(text);
  const said = words === null ? (status === 403 ? MAYBE_BLOCKED : "") : ` MISP says “${words}”.`;
  return new AppError("upstream_rejected", `${host} refuses (HTTP ${String(status)}).${said}`, {
    context: { status, words },
  });
};

/** What a person can do about a failure of a MISP server; null when its own sentence says it. */
export const fixOf = (error: AppError): string | null => {
  if (isRobotCheck(error)) return null;
  const { context, message } = error;
  const { status, words } = context;
  const text = typeof words === "string" ? words : "";
  const known = FIXES.find(({ pattern }) => pattern.test(text));
  if (known) return known.fix;
  if (status === 403) return KEY_FIX;
  if (status === 404 || /web page|sign-in page/.test(message)) return ADDRESS_FIX;
  return GENERAL_FIX;
};

const wordsOf = (text: string): string | null => {
  try {
    const { message, name } = refusalSchema.parse(JSON.parse(text));
    const words = (message ?? name ?? "").trim().slice(0, MAX_WORDS_CHARS);
    return words === "" ? null : words;
  } catch {
    // A proxy's page, most often; it says nothing that helps.
    return null;
  }
};

const readStart = async (answer: SourceAnswer, signal: AbortSignal): Promise<string> => {
  let text = "";
  for await (const piece of decodeText(answer.body, "utf-8", signal)) {
    text += piece;
    if (text.length > MAX_BODY_CHARS) break;
  }
  return text;
};

const refusalSchema = z.object({ message: z.string().optional(), name: z.string().optional() });
const MAX_WORDS_CHARS = 300;
const MAX_BODY_CHARS = 65_536;

// MISP itself says why: this comes from what stands before it.
const MAYBE_BLOCKED = " The key may lack a right, or this server's address may be blocked there.";
const KEY_FIX =
  "Make a key in MISP under My Profile › Auth keys, and paste all 40 characters of it here. Its user must be active and its role must allow API access.";
const ADDRESS_FIX =
  "Give the address under which MISP opens in a browser, without a page's path, such as https://misp.example.com.";
const GENERAL_FIX =
  "Look whether the server is up and can be reached from here, then try again. Its error log says more.";
const FIXES = [
  {
    pattern: /auth key is expired|key.*expired/i,
    fix: "The key has run out. Make a new one in MISP under My Profile › Auth keys and paste it here.",
  },
  {
    pattern: /from your IP address/i,
    fix: "The key may be used from certain addresses only. Add this server's address to the key's allowed IPs in MISP.",
  },
  {
    pattern: /account has been disabled/i,
    fix: "The key's user is disabled in MISP. Have an administrator enable it, or use another user's key.",
  },
  { pattern: /authentication failed/i, fix: KEY_FIX },
  {
    pattern: /do not have permission|not authori[sz]ed|insufficient/i,
    fix: "The role of the key's user does not allow this. It needs API access (perm_auth) and must see the events.",
  },
] as const;
