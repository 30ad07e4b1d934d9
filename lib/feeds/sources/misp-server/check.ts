import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import type { FeedSource, SourceAnswer, SourceCheck } from "@/lib/feeds/source";

import { readJson } from "../read-answer";
import { baseOf } from "./address";
import { sampleQuery } from "./query";
import { fixOf, readRefusal, REFUSALS } from "./refusal";
import { createSearch } from "./search";

/**
 * Looks step by step whether a MISP server is there, whose key it is, and whether its attributes can be read. Stops at the
 * first step that fails: the next ones would fail for the same reason.
 */
export const checkMispServer: FeedSource["check"] = async ({ url, settings, open, now, signal }) => {
  const base = baseOf(url);
  const get = async (path: string): Promise<SourceAnswer> => {
    const answer = await open(`${base}${path}`, { accept: "application/json", alsoStatuses: REFUSALS });
    if (REFUSALS.includes(answer.status)) throw await readRefusal(answer, signal);
    return answer;
  };
  const steps: readonly [string, () => Promise<Found>][] = [
    [
      "Server",
      async () => {
        const answer = await get("/servers/getVersion");
        const { version } = parse(versionSchema, await readJson(answer, { maxMs: MAX_MS, signal }));
        return { detail: `MISP ${version} answers at ${base}.` };
      },
    ],
    [
      "Key",
      async () => {
        const answer = await get("/users/view/me");
        // On some servers this answer holds the key itself: nothing of it but these names goes any further.
        const { Role, Organisation } = parse(userSchema, await readJson(answer, { maxMs: MAX_MS, signal }));
        const who = `The key is a user's of ${quoted(Organisation.name)} with the role ${quoted(Role.name)}.`;
        return { detail: `${who} ${expiryOf(answer, now)}${Role.perm_sync ? "" : NO_SYNC}`.trim() };
      },
    ],
    [
      "Attributes",
      async () => {
        const search = createSearch(base, { open, signal });
        const outcome = await search(sampleQuery(settings.misp), { page: 1, limit: 1 });
        if (!outcome.ok) throw outcome.tooMuch;
        const { attributes, skipped } = outcome.page;
        if (attributes.length + skipped > 0) return { detail: "Attributes can be read." };
        return {
          detail: "The server has no attribute that the key may see and the parameters let through.",
          fix: EMPTY_FIX,
        };
      },
    ],
  ];
  const checks: SourceCheck[] = [];
  for (const [name, run] of steps) {
    const check = await attempt(name, run);
    checks.push(check);
    if (!check.ok) break;
  }
  return checks;
};

type Found = { detail: string; fix?: string };

const attempt = async (name: string, run: () => Promise<Found>): Promise<SourceCheck> => {
  try {
    const { detail, fix = null } = await run();
    return { name, ok: true, detail, fix };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { name, ok: false, detail: error.message, fix: fixOf(error) };
  }
};

const parse = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const { success, data } = schema.safeParse(value);
  if (success) return data;
  throw new AppError("upstream_rejected", "What answers there is no MISP server.", {
    context: { status: 404 },
  });
};

const expiryOf = (answer: SourceAnswer, now: Date): string => {
  const expiry = answer.headers["x-auth-key-expiration"];
  if (expiry === undefined || Number.isNaN(Date.parse(expiry))) return "";
  const days = Math.floor((Date.parse(expiry) - now.getTime()) / 86_400_000);
  return `It runs out on ${expiry.slice(0, 10)}, in ${days === 1 ? "1 day" : `${String(days)} days`}. `;
};

const quoted = (text: string): string => `“${text.slice(0, 100)}”`;
const name = z.string().catch("an unnamed one");
const versionSchema = z.object({ version: z.string() });
const userSchema = z.object({
  Role: z.object({
    name,
    perm_sync: z.union([z.boolean(), z.enum(["0", "1"]).transform((flag) => flag === "1")]).catch(false),
  }),
  Organisation: z.object({ name }),
});
const NO_SYNC =
  "Without the sync permission MISP hides attributes that were revoked: such leave with the nightly reconciliation.";
const EMPTY_FIX =
  "Look whether the key's organisation may see events, and whether the feed's parameters of restSearch leave something over.";
const MAX_MS = 30_000;
