import { randomUUID } from "node:crypto";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { createFeed } from "@/lib/services/feeds/create-feed";
import type { FeedView } from "@/lib/services/feeds/feed-view";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { getRun, type RunWithTeam } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";

import type { useFeedServer } from "./feed-server";
import { makeActor, makeTeam, type TestTeam } from "./people";

export type FeedDesk = {
  team: TestTeam;
  /** An owner of the team. */
  actor: Actor;
  addFeed: (settings?: Record<string, unknown>) => Promise<FeedView>;
  /** Has the feed's server answer these rows, and runs the feed once; without rows it answers as before. */
  run: (feed: FeedView, rows?: readonly string[]) => Promise<RunWithTeam>;
  /** Carries out a run that waits. */
  carryOut: (runId: string) => Promise<RunWithTeam>;
  /** The values that the feed vouches for, those gone at the source but kept marked with a star. */
  live: (feed: { id: string }) => Promise<string[]>;
  /** The values that the team has. */
  active: () => Promise<string[]>;
};

type Options = { server: ReturnType<typeof useFeedServer>; team?: TestTeam };

/** A team with an owner whose feeds are lists of `value,comment` at a server of this machine. */
export const openFeedDesk = async ({ server, team: given }: Options): Promise<FeedDesk> => {
  const team = given ?? (await makeTeam());
  const actor = await makeActor([[team, "owner"]]);
  const carryOut = async (runId: string): Promise<RunWithTeam> => {
    await ingestRun(runId, { workerId: randomUUID(), signal: new AbortController().signal });
    return getRun(actor, runId);
  };
  return {
    team,
    actor,
    carryOut,
    addFeed: (settings = {}) =>
      createFeed(
        actor,
        team.id,
        feedCreateSchema.parse({
          team: team.slug,
          name: `Feed ${randomUUID()}`,
          kind: "csv",
          url: server.address(),
          csv: { columns: { comment: 2 } },
          shrinkLimitPercent: 100,
          guards: { growthFactor: 0, typeMix: false },
          ...settings,
        }),
      ),
    run: async (feed, rows) => {
      if (rows) server.serve(rows.join("\n"));
      return carryOut((await runFeedNow(actor, feed)).id);
    },
    live: async ({ id }) => {
      const rows = await asTeam(
        team.id,
        (tx) => tx.$queryRaw<{ value: string; isAbsent: boolean }[]>`
          SELECT i.value, a.absent_from_run IS NOT NULL AS "isAbsent"
          FROM attribution a JOIN indicator i ON i.id = a.indicator_id
          WHERE a.feed_id = ${id}::uuid AND a.until_generation IS NULL ORDER BY i.value`,
      );
      return rows.map(({ value, isAbsent }) => (isAbsent ? `${value}*` : value));
    },
    active: async () => {
      const rows = await asTeam(
        team.id,
        (tx) => tx.$queryRaw<{ value: string }[]>`
          SELECT i.value FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
          WHERE t.team_id = ${team.id}::uuid AND t.active AND (t.valid_until IS NULL OR t.valid_until > now())
          ORDER BY i.value`,
      );
      return rows.map(({ value }) => value);
    },
  };
};
