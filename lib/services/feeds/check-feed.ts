import "server-only";

import type { Checks } from "@/lib/domain/checks";
import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema, type FeedChangePreview, type FeedPreview } from "@/lib/domain/feed/feed";
import { isCollected } from "@/lib/domain/feed/kinds";
import type { OpenAddress, SourceCheck } from "@/lib/feeds/source";
import { getSource } from "@/lib/feeds/source-registry";
import { startDeadline } from "@/lib/http/deadline";
import { formatBytes } from "@/lib/http/limited-body";

import { assertIsData } from "./assert-is-data";
import { createOpen } from "./feed-http";
import { toWholeAddress } from "./feed-secrets";
import type { FeedView } from "./feed-view";
import { readHead } from "./in-pieces";
import { toWholeInput } from "./preview-saved-feed";
import { unpack } from "./unpack-body";
import { withStoredSecrets, type GivenSecrets } from "./with-stored-secrets";

const TIME_LIMIT_MS = 30_000;

/**
 * Looks whether a feed's source can be reached and read with the sign-in given, check by check, through the same guard as a
 * run. It reads as little as it can, saves nothing, and never throws for what the source does.
 */
export const checkFeed = async (input: FeedPreview, limitMs = TIME_LIMIT_MS): Promise<Checks> => {
  const { kind, headers, auth } = input;
  if (input.url === null || kind === "upload")
    throw new AppError("invalid_input", "A feed without an address has no connection to test.");
  const url = toWholeAddress(input.url, {});
  const settings = feedSettingsSchema.parse(input);
  const { signal, stop } = startDeadline(limitMs, new URL(url).host);
  const { tls, limits } = settings;
  const open = createOpen({ url, secrets: { headers, auth }, tls, limits, signal, retries: 0 });
  const asked = isCollected(kind)
    ? getSource(kind).check({ url, settings, open, now: new Date(), signal })
    : checkAnswer({ url, settings, open });
  const found = await asked.finally(stop);
  const checks = found.map(({ fix, ...check }) => ({ ...check, fix: fix ?? "" }));
  return { ok: checks.every(({ ok }) => ok), checks };
};

/** As `checkFeed`, for changed settings of a saved feed; see `withStoredSecrets` for its sign-in. */
export const checkSavedFeed = async (
  feed: { id: string; teamId: string },
  input: FeedPreview,
  given: GivenSecrets = {},
): Promise<Checks> => checkFeed(await withStoredSecrets(feed, input, given));

/** As `checkSavedFeed`, for a change as programs send it. */
export const checkFeedChange = async (feed: FeedView, change: FeedChangePreview): Promise<Checks> =>
  checkSavedFeed(feed, toWholeInput(feed, change), change);

type Asked = { url: string; settings: ReturnType<typeof feedSettingsSchema.parse>; open: OpenAddress };

const checkAnswer = async ({ url, settings, open }: Asked): Promise<readonly SourceCheck[]> => {
  const name = "Answer";
  try {
    const answer = await open(url);
    const contentType = answer.headers["content-type"] ?? null;
    const head = await readHead(unpack(answer.body, settings));
    assertIsData({ bytes: head.length, head }, contentType);
    const detail = `HTTP ${String(answer.status)}, ${contentType ?? "no content type"}; the first ${formatBytes(head.length)} are data.`;
    return [{ name, ok: true, detail, fix: null }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ name, ok: false, detail: error.message, fix: null }];
  }
};
