import "server-only";

import { asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { FeedSettings } from "@/lib/domain/feed/feed";

import type { SpooledBody } from "./body-spool";
import { openFeedSecrets, toWholeAddress } from "./feed-secrets";
import { fetchFeed, type Fetched } from "./fetch-feed";
import type { ClaimedRun } from "./run-lease";
import { readUpload } from "./read-upload";
import { readStoredList } from "./stored-body";

export type GoodFetch = Extract<Fetched, { status: "fetched" }>;

export type Obtained =
  /** The same content as the live generation, or as the run `sameAs` that a person was asked about and did not accept. */
  | { status: "unchanged"; fetched: GoodFetch | null; sameAs: number | null }
  | { status: "kept"; read: SpooledBody["read"] }
  | { status: "fetched"; fetched: GoodFetch; isRolledBack: boolean };

/** A source that stumbles is asked again at once this often, as MineMeld does. */
const FETCH_RETRIES = 2;

/** Gets the bytes of a run: kept ones of an accepted run, an uploaded file, else what the source gives now. */
export const obtainBody = async (
  run: ClaimedRun,
  settings: FeedSettings,
  signal: AbortSignal,
): Promise<Obtained> => {
  const { teamId, feed } = run;
  const { bodyId } = run;
  if (run.isAccepted) {
    // What the source gives now is another list than the one that was accepted, and nothing would guard it.
    if (bodyId === null)
      throw new AppError(
        "upstream_rejected",
        "The list that was accepted is no longer kept. Nothing was changed. Run the feed again.",
      );
    return { status: "kept", read: () => readStoredList(teamId, bodyId, settings) };
  }
  const fetched =
    feed.kind === "upload" && feed.bodyId !== null
      ? await readUpload({ teamId, bodyId: feed.bodyId, settings })
      : await ask(run, settings, signal);
  if (fetched.status === "not-modified") return { status: "unchanged", fetched: null, sameAs: null };
  const { sha256, cutShort } = fetched.body;
  if (cutShort === null && feed.contentHash?.equals(sha256) === true)
    return { status: "unchanged", fetched, sameAs: null };
  const twin = await findTwin(run, sha256);
  if (twin !== null && twin.state !== "rolled-back")
    return { status: "unchanged", fetched, sameAs: twin.number };
  return { status: "fetched", fetched, isRolledBack: twin !== null };
};

const ask = async (run: ClaimedRun, settings: FeedSettings, signal: AbortSignal): Promise<Fetched> => {
  const { feed, feedId, teamId } = run;
  if (feed.url === null) throw new AppError("invalid_input", "This feed has no address to fetch.");
  const secrets = openFeedSecrets(feedId, feed.sealedSecrets);
  const isFirst = feed.liveGeneration === 0;
  return fetchFeed({
    kind: feed.kind,
    url: toWholeAddress(feed.url, secrets.keys),
    settings,
    secrets,
    teamId,
    feedId,
    etag: isFirst ? null : feed.etag,
    lastModified: isFirst ? null : feed.lastModified,
    previous: isFirst ? null : await findLiveBody(run),
    signal,
    now: new Date(),
    retries: FETCH_RETRIES,
  });
};

const findLiveBody = ({ feedId, teamId, feed }: ClaimedRun) =>
  asTeam(teamId, async (tx) => {
    const live = await tx.feedRun.findFirst({
      where: { feedId, teamId, number: feed.liveGeneration },
      select: { bodyId: true },
    });
    if (!live?.bodyId) return null;
    const body = await tx.body.findFirst({
      where: { id: live.bodyId, teamId },
      select: { id: true, sourceState: true },
    });
    return body && { bodyId: body.id, state: body.sourceState };
  });

// The bytes of a run that a person has not accepted need no second verdict every hour, unless they are read by other
// settings now. What a good run has overtaken undecided is held again when it comes again, and what a rollback left is held
// whoever brings it.
const findTwin = async ({ feedId, teamId, number, feed }: ClaimedRun, sha256: Buffer): Promise<Twin | null> =>
  asTeam(teamId, async (tx) => {
    const [twin] = await tx.$queryRaw<(Twin & { version: number })[]>`
      SELECT r.number, r.state::text AS state, r.reading_version AS version
      FROM feed_run r JOIN body b ON b.id = r.body_id
      WHERE r.feed_id = ${feedId}::uuid AND r.team_id = ${teamId}::uuid AND r.number < ${number}
        AND r.number > ${feed.liveGeneration} AND b.sha256 = ${sha256}
        AND (r.state IN ('held', 'rolled-back') OR (r.state = 'discarded' AND r.decided_by IS NOT NULL))
      ORDER BY r.number DESC LIMIT 1`;
    if (!twin) return null;
    return twin.state === "rolled-back" || twin.version === feed.readingVersion ? twin : null;
  });

type Twin = { number: number; state: "held" | "discarded" | "rolled-back" };
