import { randomUUID } from "node:crypto";

import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { getRun } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";

/** Serves a list's body, as the last call says, at an address that feeds may reach. */
export type ListServer = { address: () => string; serve: (body: string) => void };
export type WorldFeed = {
  id: string;
  /** What it vouches for, by the runs that were good and not rolled back. */
  live: () => ReadonlySet<string>;
  /** Its source holds these, and it is read. */
  run: (values: readonly string[]) => Promise<void>;
  /** A person leaves its live run. */
  rollBack: () => Promise<void>;
};

/** A feed of the team that mirrors a list. */
export const makeFeed = async (
  team: { id: string; slug: string },
  actor: Actor,
  server: ListServer,
): Promise<WorldFeed> => {
  const feed = await createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      ...{ team: team.slug, name: FEED_NAME, kind: "csv", url: server.address(), removal: "mirror" },
      // What the guards hold is told elsewhere; a few values more or less are much here.
      ...{ shrinkLimitPercent: 100, guards: { growthFactor: 0, typeMix: false } },
    }),
  );
  const generations: { runId: string; values: ReadonlySet<string> }[] = [];
  return {
    id: feed.id,
    live: () => generations.at(-1)?.values ?? new Set(),
    run: async (values) => {
      server.serve(values.join("\n"));
      const { id } = await runFeedNow(actor, feed);
      await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
      // The same bytes as before bring nothing; those of a run that a person left are held.
      if ((await getRun(actor, id)).state === "succeeded")
        generations.push({ runId: id, values: new Set(values) });
    },
    rollBack: async () => {
      const live = generations.at(-1);
      if (!live) return;
      await rollBackRun(actor, { id: live.runId, teamId: team.id }).catch((error: unknown) => {
        throw error instanceof AppError ? new Error(`The live run was not: ${error.message}`) : error;
      });
      generations.pop();
    },
  };
};

const FEED_NAME = "Listed";
