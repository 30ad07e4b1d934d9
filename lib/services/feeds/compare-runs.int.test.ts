import { beforeEach, describe, expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";

import { compareRuns, type Comparison } from "./compare-runs";
import { listRunValues } from "./list-run-values";
import { rollBackRun } from "./roll-back-run";
import { updateFeed } from "./update-feed";

const database = useTestDatabase();
const server = useFeedServer();

let desk: FeedDesk;
beforeEach(async () => {
  desk = await openFeedDesk({ server });
});

const all = { limit: 100, after: null };
const valuesOf = ({ added, removed, changed }: Comparison) => ({
  added: added.map(({ value }) => value),
  removed: removed.map(({ value }) => value),
  changed: changed.map(({ value }) => value),
});

describe("two runs of a feed", () => {
  it("compare by what each holds, with the context before and after", async () => {
    const feed = await desk.addFeed();
    const first = await desk.run(feed, ["1.2.3.1,old words", "2.2.2.2", "3.3.3.3"]);
    const second = await desk.run(feed, ["1.2.3.1,new words", "2.2.2.2", "4.4.4.4", "4.4.4.4"]);

    const comparison = await compareRuns(second, first.id, all);

    expect(comparison.counts).toEqual({ added: 1, removed: 1, changed: 1, unchanged: 1 });
    expect(valuesOf(comparison)).toEqual({ added: ["4.4.4.4"], removed: ["3.3.3.3"], changed: ["1.2.3.1"] });
    expect(comparison.changed[0]).toMatchObject({
      type: "ipv4",
      before: { comment: "old words", line: 1 },
      after: { comment: "new words", tlp: "amber", validUntil: null },
    });
    expect(comparison).toMatchObject({ next: null, hasNewSettings: false });
    expect(valuesOf(await compareRuns(first, second.id, all))).toMatchObject({
      added: ["3.3.3.3"],
      removed: ["4.4.4.4"],
    });
    expect((await compareRuns(first, first.id, all)).counts).toMatchObject({
      added: 0,
      removed: 0,
      changed: 0,
    });
  });

  it("show what a held run would lose against what is live", async () => {
    const feed = await desk.addFeed({ shrinkLimitPercent: 20 });
    const live = await desk.run(feed, ["1.2.3.1", "2.2.2.2", "3.3.3.3"]);
    const held = await desk.run(feed, ["3.3.3.3", "5.5.5.5"]);
    expect(held.state).toBe("held");

    const comparison = await compareRuns(held, live.id, all);

    expect(valuesOf(comparison)).toMatchObject({ added: ["5.5.5.5"], removed: ["1.2.3.1", "2.2.2.2"] });
    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2", "3.3.3.3"]);
  });

  it("compare with one that was left by rollback", async () => {
    const feed = await desk.addFeed();
    const first = await desk.run(feed, ["1.2.3.1"]);
    const left = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await rollBackRun(desk.actor, left);

    expect(valuesOf(await compareRuns(left, first.id, all))).toMatchObject({
      added: ["2.2.2.2"],
      removed: [],
    });
  });

  it("are read by what the feed vouched for then when the bytes are not kept any more", async () => {
    const feed = await desk.addFeed();
    const first = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const second = await desk.run(feed, ["1.2.3.1", "3.3.3.3"]);
    await database.asOwner((client) =>
      client.query("UPDATE feed_run SET body_id = NULL WHERE id = $1", [first.id]),
    );

    expect(valuesOf(await compareRuns(second, first.id, all))).toMatchObject({
      added: ["3.3.3.3"],
      removed: ["2.2.2.2"],
    });
    await expect(listRunValues(first, { limit: 10, after: 0 })).rejects.toThrow(
      "What run 1 read is not kept",
    );
  });

  it("hold no secret of the feed, nor a password of an address", async () => {
    const feed = await desk.addFeed({ auth: { type: "bearer", token: "s3cr3t/of-it" } });
    const run = await desk.run(feed, [
      "2.2.2.2,asked with s3cr3t/of-it",
      "s3cr3t/of-it",
      "3.3.3.3,http:\\/\\/joe:pa55word@evil-x.com s3cr3t\\/of-it",
    ]);

    const { rows } = await listRunValues(run, { limit: 10, after: 0 });

    expect(rows.map(({ raw }) => raw)).toEqual([
      "2.2.2.2,asked with •••",
      "•••",
      "3.3.3.3,http:\\/\\/joe:•••@evil-x.com •••",
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/s3cr3t|pa55word/);
  });

  it("are read page by page, all three lists at once", async () => {
    const feed = await desk.addFeed();
    const address = (index: number): string => `9.9.9.${String(index)}`;
    const first = await desk.run(
      feed,
      Array.from({ length: 5 }, (_, index) => address(index)),
    );
    const second = await desk.run(
      feed,
      Array.from({ length: 7 }, (_, index) => address(index + 5)),
    );

    const pages: Comparison[] = [];
    for (let after: Comparison["next"] = null; pages.length < 10;) {
      const page: Comparison = await compareRuns(second, first.id, { limit: 3, after });
      pages.push(page);
      if (page.next === null) break;
      after = page.next;
    }

    expect(pages.map(({ added, removed }) => [added.length, removed.length])).toEqual([
      [3, 3],
      [3, 2],
      [1, 0],
    ]);
    expect(new Set(pages.flatMap(({ added }) => added.map(({ value }) => value))).size).toBe(7);
  });

  it("of two feeds are not compared, and a run without rows of its own says so", async () => {
    const one = await desk.addFeed();
    const run = await desk.run(one, ["1.2.3.1"]);
    const unchanged = await desk.run(one);
    const other = await desk.run(await desk.addFeed(), ["1.2.3.1"]);

    await expect(compareRuns(run, other.id, all)).rejects.toThrow("These runs are of two feeds.");
    await expect(compareRuns(unchanged, run.id, all)).rejects.toThrow("Run 2 found what was there already");
  });

  it("of another team are not found", async () => {
    const run = await desk.run(await desk.addFeed(), ["1.2.3.1"]);
    const foreign = await openFeedDesk({ server });
    const theirs = await foreign.run(await foreign.addFeed(), ["1.2.3.1"]);

    await expect(compareRuns(run, theirs.id, all)).rejects.toThrow("There is no such run.");
  });
});

describe("the rows of a run", () => {
  it("say what became of each value", async () => {
    const feed = await desk.addFeed();
    const first = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const second = await desk.run(feed, [
      "1.2.3.1",
      "2.2.2.2,new words",
      "3.3.3.3",
      "nonsense",
      "10.0.0.1",
      "1.2.3.1",
    ]);

    const { rows, next } = await listRunValues(second, { limit: 10, after: 0 });

    expect(rows.map(({ line, values }) => [line, values[0]?.value, values[0]?.outcome])).toEqual([
      [1, "1.2.3.1", "unchanged"],
      [2, "2.2.2.2", "changed"],
      [3, "3.3.3.3", "added"],
      [4, "nonsense", "rejected"],
      [5, "10.0.0.1", "allowlisted"],
      [6, "1.2.3.1", "duplicate"],
    ]);
    expect(rows[5]?.values[0]?.reason).toBe("The same value stands on line 1.");
    expect(next).toBeNull();
    expect(
      (await listRunValues(first, { limit: 10, after: 0 })).rows.map(({ values }) => values[0]?.outcome),
    ).toEqual(["added", "added"]);
  });

  it("are read page by page, and a repetition is known across pages", async () => {
    const run = await desk.run(await desk.addFeed(), ["1.2.3.1", "2.2.2.2", "1.2.3.1", "4.4.4.4"]);

    const first = await listRunValues(run, { limit: 2, after: 0 });
    const second = await listRunValues(run, { limit: 2, after: first.next ?? 0 });

    expect(first.next).toBe(2);
    expect(second.rows.map(({ line, values }) => [line, values[0]?.outcome])).toEqual([
      [3, "duplicate"],
      [4, "added"],
    ]);
    expect(second.next).toBeNull();
  });

  it("of a run that was never live became nothing yet, and new settings are named", async () => {
    const feed = await desk.addFeed({ shrinkLimitPercent: 10 });
    await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const held = await desk.run(feed, ["1.2.3.1"]);
    await updateFeed(desk.actor, feed, { confidence: 80 });

    expect(await listRunValues(held, { limit: 10, after: 0 })).toMatchObject({
      rows: [{ line: 1, raw: "1.2.3.1", values: [{ value: "1.2.3.1", outcome: null }] }],
      hasNewSettings: true,
    });
  });
});
