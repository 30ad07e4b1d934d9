import { randomUUID } from "node:crypto";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { createFeed } from "@/lib/services/feeds/create-feed";
import type { FeedView } from "@/lib/services/feeds/feed-view";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { getRun } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { updateFeed } from "@/lib/services/feeds/update-feed";

import { timed } from "./lib";

/** A feed of the bench's own list, with every column mapped. */
export const addBenchFeed = (actor: Actor, url: string): Promise<FeedView> => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
  return createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      team: team.slug,
      name: `Bench ${randomUUID()}`,
      kind: "csv",
      url,
      csv: {
        header: true,
        valueColumns: ["value"],
        columns: { comment: "comment", confidence: "confidence", tags: "tags" },
      },
    }),
  );
};

/** Carries out one run in this process, whatever becomes of it, so that what is measured next does not load code. */
export const warm = async (actor: Actor, feed: FeedView): Promise<void> => {
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
};

/** Carries out one run in this process, and tells how long it took, in milliseconds; throws when it ends as another state. */
export const timeRun = async (actor: Actor, feed: FeedView, expected: string) => {
  const { id } = await runFeedNow(actor, feed);
  const { ms } = await timed(() =>
    ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal }),
  );
  const done = await getRun(actor, id);
  if (done.state !== expected)
    throw new Error(`The run ended as ${done.state}: ${done.error?.message ?? ""}`);
  return { ms, counts: done.counts };
};

/** Points a feed at another address; what it knew of the answer is forgotten, as for a person who edits it. */
export const moveFeed = (actor: Actor, feed: FeedView, url: string) => updateFeed(actor, feed, { url });
