import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { indicatorId } from "@/lib/domain/indicator/identity";

import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { listRejections } from "./list-runs";
import { updateFeed } from "./update-feed";

const database = useTestDatabase();
const server = useFeedServer();

let desk: FeedDesk;
beforeEach(async () => {
  desk = await openFeedDesk({ server });
});

const DAY_MS = 86_400_000;

/** Every version of every row of this team: equal before and after means that nothing was written. */
const versions = (): Promise<unknown> =>
  asTeam(
    desk.team.id,
    (tx) => tx.$queryRaw`
      SELECT (SELECT md5(string_agg(ctid::text || xmin::text, ',' ORDER BY ctid)) FROM attribution) AS attributions,
        (SELECT md5(string_agg(ctid::text || xmin::text, ',' ORDER BY ctid)) FROM team_indicator) AS seen`,
  );

const ends = (feed: { id: string }) =>
  asTeam(
    desk.team.id,
    (tx) => tx.$queryRaw<{ value: string; ends: Date | null; first: Date; last: Date }[]>`
      SELECT i.value, a.expires_at AS ends, a.first_seen AS first, a.last_seen AS last
      FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${feed.id}::uuid AND a.until_generation IS NULL ORDER BY i.value`,
  );

/** Lets time pass for the feed's values and runs. */
const passDays = (feed: { id: string }, days: number): Promise<unknown> =>
  database.asOwner(async (client) => {
    const by = [feed.id, `${String(days * 24)} hours`];
    await client.query(
      `UPDATE attribution SET first_seen = first_seen - $2::interval, last_seen = last_seen - $2::interval,
         expires_at = expires_at - $2::interval WHERE feed_id = $1`,
      by,
    );
    await client.query("UPDATE feed_run SET finished_at = finished_at - $2::interval WHERE feed_id = $1", by);
  });

describe("the policy mirror", () => {
  it("withdraws what has gone at the source, and takes back what comes again", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);

    expect((await desk.run(feed, ["1.2.3.1"])).counts).toMatchObject({ removed: 1, unchanged: 1, active: 1 });
    expect(await desk.active()).toEqual(["1.2.3.1"]);

    expect((await desk.run(feed, ["1.2.3.1", "2.2.2.2"])).counts).toMatchObject({ added: 1, active: 2 });
    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2"]);
  });

  it("with a grace of two runs withdraws a value that is missing in the third", async () => {
    const feed = await desk.addFeed({ graceRuns: 2 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);

    expect((await desk.run(feed, ["1.2.3.1"])).counts).toMatchObject({ removed: 0, active: 2 });
    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2*"]);
    expect((await desk.run(feed, ["1.2.3.1,again"])).counts).toMatchObject({ removed: 0, changed: 1 });
    const third = await desk.run(feed, ["1.2.3.1,and again"]);

    expect(third.counts).toMatchObject({ removed: 1, active: 1 });
    expect(await desk.active()).toEqual(["1.2.3.1"]);
  });

  it("counts runs that found nothing new as good ones, and writes nothing until one is one too many", async () => {
    const feed = await desk.addFeed({ graceRuns: 2 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await desk.run(feed, ["1.2.3.1"]);
    const before = await versions();

    expect(await desk.run(feed)).toMatchObject({ state: "unchanged", counts: { active: 2 } });
    expect(await versions()).toEqual(before);
    const last = await desk.run(feed);

    expect(last).toMatchObject({
      state: "succeeded",
      counts: { lines: 1, values: 1, unchanged: 1, added: 0, removed: 1, active: 1 },
    });
    expect(await desk.live(feed)).toEqual(["1.2.3.1"]);
    expect(await desk.run(feed)).toMatchObject({ state: "unchanged", counts: { active: 1 } });
  });

  it("lists the rejected rows again with the run that a grace ends in", async () => {
    const feed = await desk.addFeed({ graceRuns: 1 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2", "no value"]);
    await desk.run(feed, ["1.2.3.1", "no value"]);
    const last = await desk.run(feed);

    expect(last).toMatchObject({ state: "succeeded", counts: { removed: 1, rejected: 1 } });
    expect(await listRejections(last, { limit: 10, after: 0 })).toMatchObject([{ line: 2, raw: "no value" }]);
  });

  it("does not count runs that failed or that a person must look at first", async () => {
    const feed = await desk.addFeed({ graceRuns: 1, shrinkLimitPercent: 50 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2", "3.3.3.3"]);
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    server.serve({ status: 500, body: "" });
    expect(await desk.run(feed)).toMatchObject({ state: "failed" });
    expect(await desk.run(feed, ["<html></html>"])).toMatchObject({ state: "held" });
    expect(await desk.run(feed)).toMatchObject({ state: "unchanged" });

    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2", "3.3.3.3*"]);
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2"]);
  });

  it("forgets the grace of a value that comes back", async () => {
    const feed = await desk.addFeed({ graceRuns: 1 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await desk.run(feed, ["1.2.3.1"]);
    expect((await desk.run(feed, ["1.2.3.1", "2.2.2.2"])).counts).toMatchObject({ changed: 1, unchanged: 1 });
    await desk.run(feed, ["1.2.3.1"]);

    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2*"]);
  });
});

describe("the policy expire", () => {
  it("from last seen ages only what left, by type, by the feed, by default", async () => {
    const feed = await desk.addFeed({ removal: "expire", expiryDays: 7, expiryDaysByType: { ipv4: 3 } });
    await desk.run(feed, ["1.2.3.1", "evil.com", "worse.com"]);
    expect((await ends(feed)).map((row) => row.ends)).toEqual([null, null, null]);
    await passDays(feed, 1);
    const lastHeld = new Date(Date.now() - DAY_MS);

    await desk.run(feed, ["worse.com"]);

    expect(await desk.live(feed)).toEqual(["1.2.3.1*", "evil.com*", "worse.com"]);
    const [address, domain, standing] = await ends(feed);
    expect(address?.ends?.getTime()).toBe((address?.last.getTime() ?? 0) + 3 * DAY_MS);
    expect(domain?.ends?.getTime()).toBe((domain?.last.getTime() ?? 0) + 7 * DAY_MS);
    expect(Math.abs((address?.last.getTime() ?? 0) - lastHeld.getTime())).toBeLessThan(60_000);
    expect(standing?.ends).toBeNull();
    expect(await desk.active()).toEqual(["1.2.3.1", "evil.com", "worse.com"]);
  });

  it("lets go of what has expired with the next run that changes anything, and says why until then", async () => {
    const feed = await desk.addFeed({ removal: "expire", expiryDays: 3 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await desk.run(feed, ["1.2.3.1"]);
    await passDays(feed, 4);

    const trace = await traceIndicator(desk.actor, indicatorId("ipv4", "2.2.2.2"));
    expect(trace.states[0]).toMatchObject({ state: "expired", rule: "feed-expiry" });
    expect((await desk.run(feed, ["1.2.3.1,new words"])).counts).toMatchObject({ removed: 1, active: 1 });
    expect(await desk.live(feed)).toEqual(["1.2.3.1"]);
  });

  it("gives a value that comes back its life again", async () => {
    const feed = await desk.addFeed({ removal: "expire", expiryDays: 3 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await desk.run(feed, ["1.2.3.1"]);
    await passDays(feed, 2);

    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);

    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2"]);
    expect((await ends(feed)).map((row) => row.ends)).toEqual([null, null]);
  });

  it("from first seen ages a value while it stands, and keeps it out until there was a gap", async () => {
    const feed = await desk.addFeed({ removal: "expire", expiryDays: 3, expireFrom: "firstSeen" });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const [row] = await ends(feed);
    expect(row?.ends?.getTime()).toBe((row?.first.getTime() ?? 0) + 3 * DAY_MS);
    await passDays(feed, 4);
    await asRefreshed(feed);
    expect(await desk.active()).toEqual([]);

    expect((await desk.run(feed, ["1.2.3.1", "2.2.2.2", "3.3.3.3"])).counts).toMatchObject({
      unchanged: 2,
      added: 1,
      active: 1,
    });
    expect(await desk.active()).toEqual(["3.3.3.3"]);

    expect((await desk.run(feed, ["1.2.3.1", "3.3.3.3"])).counts).toMatchObject({ removed: 1 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2", "3.3.3.3"]);
    expect(await desk.active()).toEqual(["2.2.2.2", "3.3.3.3"]);
  });

  // Time passed behind the back of the merged view.
  const asRefreshed = (feed: { id: string }) =>
    database.asOwner((client) =>
      client.query(
        `UPDATE team_indicator t SET valid_until = a.expires_at FROM attribution a
         WHERE a.feed_id = $1 AND a.indicator_id = t.indicator_id AND a.until_generation IS NULL`,
        [feed.id],
      ),
    );
});

describe("a change of the policy", () => {
  it("reaches what has gone already with the next run, even of the same bytes", async () => {
    const feed = await desk.addFeed({ removal: "keep" });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await desk.run(feed, ["1.2.3.1"]);
    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2*"]);
    expect((await ends(feed)).map((row) => row.ends)).toEqual([null, null]);

    await updateFeed(desk.actor, feed, { removal: "expire", expiryDays: 5 });
    await desk.run(feed);
    const [, absent] = await ends(feed);
    expect(absent?.ends?.getTime()).toBe((absent?.last.getTime() ?? 0) + 5 * DAY_MS);
    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2*"]);

    await updateFeed(desk.actor, feed, { removal: "mirror" });
    expect((await desk.run(feed)).counts).toMatchObject({ removed: 1 });
    expect(await desk.live(feed)).toEqual(["1.2.3.1"]);
  });

  it("from last to first seen gives every standing value its end, and back takes it away", async () => {
    const feed = await desk.addFeed({ removal: "expire" });
    await desk.run(feed, ["1.2.3.1"]);

    await updateFeed(desk.actor, feed, { expireFrom: "firstSeen" });
    expect((await desk.run(feed)).counts).toMatchObject({ changed: 1, active: 1 });
    const [row] = await ends(feed);
    expect(row?.ends?.getTime()).toBe((row?.first.getTime() ?? 0) + 30 * DAY_MS);

    await updateFeed(desk.actor, feed, { expireFrom: "lastSeen" });
    expect((await desk.run(feed)).counts).toMatchObject({ changed: 1 });
    expect((await ends(feed))[0]?.ends).toBeNull();
  });
});
