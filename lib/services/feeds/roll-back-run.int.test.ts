import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import { apply, connect } from "@/lib/services/delivery/testing/desk";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";

import { acceptRun } from "./decide-run";
import { ingestRun } from "./ingest-run";
import { listFeeds } from "./list-feeds";
import { getRun } from "./list-runs";
import { runFeedNow } from "./queue-run";
import { rollBackRun } from "./roll-back-run";
import { claimRun } from "./run-lease";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";

const database = useTestDatabase();
const server = useFeedServer();

let desk: FeedDesk;
beforeEach(async () => {
  desk = await openFeedDesk({ server });
});

/** All that the feed vouches for now, but for the numbers of the rows. */
const standing = (feed: { id: string }): Promise<unknown> =>
  asTeam(
    desk.team.id,
    (tx) => tx.$queryRaw`
      SELECT indicator_id, from_generation, absent_from_run, line, confidence, tags, comment, first_seen, last_seen,
        valid_until, expires_at, fingerprint
      FROM attribution WHERE feed_id = ${feed.id}::uuid AND until_generation IS NULL ORDER BY indicator_id`,
  );

/** What the team sees, but for when it changed. */
const seen = (): Promise<unknown> =>
  asTeam(
    desk.team.id,
    (tx) => tx.$queryRaw`
      SELECT indicator_id, active, confidence, tlp, tags, feed_ids, first_seen, last_seen, valid_until
      FROM team_indicator WHERE team_id = ${desk.team.id}::uuid AND active ORDER BY indicator_id`,
  );

const liveNumber = async (feed: { id: string }): Promise<number | undefined> =>
  (
    await asTeam(desk.team.id, (tx) =>
      tx.feed.findUnique({ where: { id: feed.id }, select: { liveGeneration: true } }),
    )
  )?.liveGeneration;

const auditActions = async (): Promise<string[]> =>
  (
    await asTeam(desk.team.id, (tx) =>
      tx.auditEntry.findMany({
        where: { teamId: desk.team.id },
        orderBy: { id: "asc" },
        select: { action: true },
      }),
    )
  ).map(({ action }) => action);

describe("a rollback", () => {
  it.each(["mirror", "expire", "keep"] as const)(
    "under the policy %s makes the generation before live again, exactly as it was",
    async (removal) => {
      const feed = await desk.addFeed({ removal });
      await desk.run(feed, ["1.2.3.1", "2.2.2.2", "3.3.3.3,first words"]);
      await desk.run(feed, ["1.2.3.1", "3.3.3.3,first words"]);
      const before = [await standing(feed), await seen()];
      const run = await desk.run(feed, ["1.2.3.1", "2.2.2.2", "3.3.3.3,other words", "4.4.4.4"]);

      const result = await rollBackRun(desk.actor, run);

      expect(result).toMatchObject({ liveNumber: 2, left: removal === "mirror" ? 2 : 1, returned: 0 });
      expect([await standing(feed), await seen()]).toEqual(before);
      expect(await liveNumber(feed)).toBe(2);
      expect(await getRun(desk.actor, run.id)).toMatchObject({ state: "rolled-back" });
      expect(await auditActions()).toContain("run.rollback");
    },
  );

  it("can be repeated, back to nothing, and the next good run starts from there", async () => {
    const feed = await desk.addFeed();
    const first = await desk.run(feed, ["1.2.3.1"]);
    const second = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const third = await desk.run(feed, ["3.3.3.3"]);

    expect(await rollBackRun(desk.actor, third)).toEqual({
      liveNumber: 2,
      left: 1,
      returned: 2,
      restored: 0,
      plans: [],
    });
    expect(await rollBackRun(desk.actor, second)).toEqual({
      liveNumber: 1,
      left: 1,
      returned: 0,
      restored: 0,
      plans: [],
    });
    expect(await desk.live(feed)).toEqual(["1.2.3.1"]);
    const next = await desk.run(feed, ["1.2.3.1", "5.5.5.5"]);
    expect(next).toMatchObject({
      state: "succeeded",
      number: 4,
      counts: { added: 1, unchanged: 1, removed: 0 },
    });

    expect(await rollBackRun(desk.actor, next)).toMatchObject({ liveNumber: 1 });
    expect(await rollBackRun(desk.actor, first)).toMatchObject({ liveNumber: 0, left: 1 });
    expect(await desk.active()).toEqual([]);
    expect(await desk.run(feed, ["7.7.7.7"])).toMatchObject({
      state: "succeeded",
      counts: { added: 1, active: 1 },
    });
  });

  it("shows in the list of feeds, whatever later runs found unchanged", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const bad = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await desk.run(feed);
    await rollBackRun(desk.actor, bad);

    const { feeds } = await listFeeds(desk.actor, { teamIds: [desk.team.id], limit: 10, after: null });

    expect(feeds).toMatchObject([{ active: 1 }]);
  });

  it("keeps what another feed of the team vouches for", async () => {
    const first = await desk.addFeed();
    await desk.run(first, ["1.2.3.1"]);
    const run = await desk.run(first, ["1.2.3.1", "2.2.2.2", "3.3.3.3"]);
    const second = await desk.addFeed();
    await desk.run(second, ["2.2.2.2"]);

    await rollBackRun(desk.actor, run);

    expect(await desk.active()).toEqual(["1.2.3.1", "2.2.2.2"]);
  });

  it("has the same bytes held until a person accepts them or the source changes", async () => {
    const feed = await desk.addFeed();
    server.serve({ body: "1.2.3.1", headers: { etag: '"one"' } });
    await desk.run(feed);
    server.serve({ body: "1.2.3.1\n2.2.2.2", headers: { etag: '"two"' } });
    const bad = await desk.run(feed);
    await rollBackRun(desk.actor, bad);

    const held = await desk.run(feed);

    expect(server.requests.at(-1)?.headers["if-none-match"]).toBeUndefined();
    expect(held).toMatchObject({ state: "held", error: { code: "rolled_back" } });
    expect(await desk.run(feed)).toMatchObject({ state: "unchanged" });
    expect(await desk.live(feed)).toEqual(["1.2.3.1"]);

    await acceptRun(desk.actor, held);
    expect(await desk.carryOut(held.id)).toMatchObject({
      state: "succeeded",
      counts: { added: 1, active: 2 },
    });
  });

  it("takes the source's old content again as a generation without a change", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    await rollBackRun(desk.actor, await desk.run(feed, ["1.2.3.1", "2.2.2.2"]));

    expect(await desk.run(feed, ["1.2.3.1"])).toMatchObject({
      state: "succeeded",
      counts: { unchanged: 1, added: 0, removed: 0, active: 1 },
    });
  });

  it("gives back what the end of a grace took", async () => {
    const feed = await desk.addFeed({ graceRuns: 1 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await desk.run(feed, ["1.2.3.1"]);
    const overdue = await desk.run(feed);
    expect(overdue).toMatchObject({ state: "succeeded", counts: { removed: 1 } });

    await rollBackRun(desk.actor, overdue);

    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2*"]);
    expect(await liveNumber(feed)).toBe(2);
  });

  it("has a run under way begin anew, and nothing of its first attempt stays", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const bad = await desk.run(feed, ["2.2.2.2"]);
    server.serve("2.2.2.2\n3.3.3.3");
    const { id } = await runFeedNow(desk.actor, feed);
    const worker = randomUUID();
    expect(await claimRun(id, worker)).not.toBeNull();

    await rollBackRun(desk.actor, bad);

    expect(await getRun(desk.actor, id)).toMatchObject({ state: "queued" });
    expect(await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal })).toBe(
      "succeeded",
    );
    expect(await desk.live(feed)).toEqual(["2.2.2.2", "3.3.3.3"]);
  });

  it("refuses a run that is not live and says which one is", async () => {
    const feed = await desk.addFeed();
    const first = await desk.run(feed, ["1.2.3.1"]);
    const second = await desk.run(feed, ["2.2.2.2"]);
    const unchanged = await desk.run(feed);

    await expect(rollBackRun(desk.actor, first)).rejects.toThrow(
      "Run 1 is not live. Run 2 is live; only that one",
    );
    await expect(rollBackRun(desk.actor, unchanged)).rejects.toThrow("Run 3 is not live.");
    await rollBackRun(desk.actor, second);
    await expect(rollBackRun(desk.actor, second)).rejects.toThrow("Run 2 is not live. Run 1 is live");
  });

  it("refuses a team's own list", async () => {
    const { team, actor } = desk;
    await addLocalIndicators(actor, { ...team, role: "owner" }, [{ value: "1.2.3.4" }]);
    const run = await asTeam(team.id, (tx) =>
      tx.feedRun.findFirstOrThrow({
        where: { teamId: team.id, trigger: "local" },
        select: { id: true, teamId: true },
      }),
    );

    await expect(rollBackRun(actor, run)).rejects.toThrow("A team's own list is changed entry by entry");
  });
});

describe("what a rollback means for destinations", () => {
  it("is planned at once, by itself at an automatic connector and for a person where one reviews", async () => {
    const team = { ...desk.team, role: "owner" } as const;
    const automatic = await connect(desk.actor, desk.team, "sentinel", { mode: "automatic" });
    const review = await connect(desk.actor, desk.team, "defender");
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const run = await desk.run(feed, ["1.2.3.1", "4.4.4.4"]);
    await apply(desk.actor, review);
    const waiting = async () =>
      (await getTeamOverview(desk.actor, team, new Date())).attention.filter(
        ({ kind }) => kind === "unplanned" || kind === "waiting-plan",
      );
    expect(await waiting()).toEqual([]);
    const announced = () =>
      database.asOwner(async (client) => {
        const { rows } = await client.query<{ count: number }>(
          "SELECT count(*)::int AS count FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1",
          [automatic.id],
        );
        return rows[0]?.count ?? 0;
      });
    const before = await announced();

    const { plans } = await rollBackRun(desk.actor, run);

    expect(await announced()).toBe(before + 1);
    expect(plans).toMatchObject([{ connectorId: review.id, connector: review.name }]);
    expect((await waiting()).map(({ path }) => path)).toEqual([`plans/${plans[0]?.id ?? ""}`]);
  });
});
