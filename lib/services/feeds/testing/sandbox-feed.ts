import { randomUUID } from "node:crypto";

import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import type { Sandbox } from "@/sandbox/server";

import { createFeed } from "../create-feed";
import { ingestRun } from "../ingest-run";
import { getRun } from "../list-runs";
import { runFeedNow } from "../queue-run";

type Team = { id: string; slug: string };
type Feed = { id: string; teamId: string };

/** A feed of the team, and what tests want to know of it. */
export const makeDesk = (team: Team, actor: Actor) => {
  const workerId = randomUUID();
  return {
    add: (settings: object) =>
      createFeed(
        actor,
        team.id,
        feedCreateSchema.parse({
          team: team.slug,
          name: `Feed ${randomUUID()}`,
          // What the guards hold is told elsewhere; a few values more or less are much here.
          shrinkLimitPercent: 100,
          guards: { growthFactor: 0, typeMix: false },
          ...settings,
        }),
      ),
    run: async (feed: Feed) => {
      const { id } = await runFeedNow(actor, feed);
      await ingestRun(id, { workerId, signal: new AbortController().signal });
      return getRun(actor, id);
    },
    /** What the feed vouches for now. */
    live: (
      feed: Feed,
    ): Promise<{ value: string; comment: string; tlp: number; tags: string[]; context: unknown }[]> =>
      asTeam(
        team.id,
        (tx) => tx.$queryRaw`
          SELECT i.value, a.comment, a.tlp, a.tags, a.context FROM attribution a JOIN indicator i ON i.id = a.indicator_id
          WHERE a.feed_id = ${feed.id}::uuid AND a.until_generation IS NULL ORDER BY i.value`,
      ),
  };
};

const journalSchema = z.object({ requests: z.array(z.object({ method: z.string(), path: z.string() })) });

/** Steers a sandbox and reads what it was asked. */
export const steer = (sandbox: Pick<Sandbox, "url">) => {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    return answer.status === 204 ? null : answer.json();
  };
  return {
    call,
    /** The paths below `/feeds` that were asked for since the last time. */
    asked: async (): Promise<string[]> => {
      const { requests } = journalSchema.parse(await call("GET", "/journal?path=/feeds/*"));
      await call("DELETE", "/journal");
      return requests.map(({ path }) => path);
    },
  };
};
