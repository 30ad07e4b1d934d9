import { createHash, randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { csvSettingsSchema } from "@/lib/domain/feed/csv-settings";
import { feedCreateSchema, type FeedCreate } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { acceptRun, discardRun } from "./decide-run";
import { deleteFeed } from "./delete-feed";
import { ingestRun } from "./ingest-run";
import { getRun, listRejections } from "./list-runs";
import { updateFeed } from "./update-feed";
import { runFeedNow } from "./queue-run";
import { claimRun } from "./run-lease";

const database = useTestDatabase();
const server = useFeedServer();

let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const hash = (index: number): string =>
  createHash("sha256")
    .update(`row ${String(index)}`)
    .digest("hex");
const csv = (from: number, to: number, description = "a lure"): string =>
  Array.from(
    { length: to - from },
    (_, row) => `5/11/2020 1:38:47 PM,${hash(from + row)},sha256,white,Azure Sentinel,Malware,${description}`,
  ).join("\r\n");

const addFeed = (settings: Partial<FeedCreate> = {}, as = actor, into = team) =>
  createFeed(
    as,
    into.id,
    feedCreateSchema.parse({
      team: into.slug,
      name: `Feed ${randomUUID()}`,
      kind: "csv",
      url: server.address(),
      csv: { valueColumns: [2], columns: { threatType: 6, comment: 7 } },
      ...settings,
    }),
  );

const workerId = randomUUID();
const run = async (feed: { id: string; teamId: string }) => {
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId, signal: new AbortController().signal });
  return getRun(actor, id);
};

const live = (feed: { id: string }): Promise<{ value: string; comment: string; threatType: string }[]> =>
  asTeam(
    team.id,
    (tx) => tx.$queryRaw`
      SELECT i.value, a.comment, a.threat_type AS "threatType" FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${feed.id}::uuid AND a.until_generation IS NULL ORDER BY a.line`,
  );

/** Every row version of the three tables: equal before and after means that nothing was written. */
const versions = (): Promise<unknown[]> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ name: string; versions: string }>(
      ["indicator", "attribution", "team_indicator"]
        .map(
          (name) =>
            `SELECT '${name}' AS name, count(*), md5(string_agg(ctid::text || ':' || xmin::text, ',' ORDER BY ctid)) FROM ${name}`,
        )
        .join(" UNION ALL "),
    );
    return rows;
  });

describe("a run of a feed", () => {
  it("brings every row in with its context and counts that add up", async () => {
    server.serve(`${csv(0, 950)}\r\n`);
    const feed = await addFeed();

    const done = await run(feed);

    expect(done).toMatchObject({ state: "succeeded", extent: "full", number: 1, error: null });
    expect(done.counts).toMatchObject({ lines: 950, values: 950, added: 950, active: 950, rejected: 0 });
    const rows = await live(feed);
    expect(rows).toHaveLength(950);
    expect(rows[0]).toEqual({ value: hash(0), comment: "a lure", threatType: "Malware" });
  });

  it("keeps bad rows with line and reason, merges repeated ones, and goes on", async () => {
    server.serve(
      ["1.2.3.4", "nonsense here", "1.2.3.4", "# a comment", "10.0.0.1", "evil.example.com"].join("\n"),
    );
    const feed = await addFeed({ kind: "csv", csv: csvSettingsSchema.parse({ valueColumns: [1] }) });

    const done = await run(feed);

    expect(done.counts).toMatchObject({
      lines: 5,
      values: 5,
      added: 2,
      duplicate: 1,
      rejected: 1,
      allowlisted: 1,
      active: 2,
    });
    expect(Object.values(done.rejectedByReason)).toEqual([1]);
    expect(await listRejections(done, { limit: 10, after: 0 })).toEqual([
      expect.objectContaining({ line: 2, raw: "nonsense here" }),
    ]);
  });

  it("reads the same bytes again as unchanged", async () => {
    server.serve(csv(0, 20));
    const feed = await addFeed();
    await run(feed);

    const again = await run(feed);

    expect(again).toMatchObject({ state: "unchanged", counts: { values: 0, active: 20 } });
  });

  it("sends back what the last answer said of itself", async () => {
    server.serve({ body: csv(0, 5), headers: { etag: '"v1"' } });
    const feed = await addFeed();
    await run(feed);
    server.serve({ status: 304, body: "" });

    expect(await run(feed)).toMatchObject({ state: "unchanged" });
    expect(server.requests.at(-1)?.headers["if-none-match"]).toBe('"v1"');
  });

  it("writes no row when the same values come in other bytes", async () => {
    server.serve(csv(2_000, 2_100));
    const feed = await addFeed();
    await run(feed);
    const before = await versions();
    server.serve(`# regenerated\r\n${csv(2_000, 2_100)}`);

    const again = await run(feed);

    expect(again).toMatchObject({ state: "succeeded", counts: { unchanged: 100, added: 0, changed: 0 } });
    expect(await versions()).toEqual(before);
  });

  it("closes one interval and opens another when a row's context changes, and none else", async () => {
    server.serve(csv(0, 10));
    const feed = await addFeed();
    await run(feed);
    server.serve(`${csv(0, 9)}\r\n${csv(9, 10, "another lure")}`);

    expect((await run(feed)).counts).toMatchObject({ changed: 1, unchanged: 9, removed: 0, active: 10 });
    expect((await live(feed)).at(-1)).toMatchObject({ value: hash(9), comment: "another lure" });
  });

  it("holds a feed that shrank, removes nothing, and waits for a person", async () => {
    server.serve(csv(0, 100));
    const feed = await addFeed();
    await run(feed);
    server.serve(csv(1_000, 1_036));

    const held = await run(feed);
    expect(held).toMatchObject({ state: "held", counts: { values: 36 } });
    expect(held.error?.message).toContain("36 indicators instead of about 100");
    expect(await live(feed)).toHaveLength(100);

    // The next hour brings the same bytes: no second verdict.
    expect(await run(feed)).toMatchObject({ state: "unchanged" });

    await acceptRun(actor, held);
    await ingestRun(held.id, { workerId, signal: new AbortController().signal });

    expect(await getRun(actor, held.id)).toMatchObject({
      state: "succeeded",
      counts: { added: 36, removed: 100, active: 36 },
    });
    expect((await live(feed)).map(({ value }) => value)).toEqual(
      Array.from({ length: 36 }, (_, row) => hash(1_000 + row)),
    );
  });

  it("leaves the last good generation live when a held run is discarded", async () => {
    server.serve(csv(0, 50));
    const feed = await addFeed();
    await run(feed);
    server.serve(csv(0, 5));
    const held = await run(feed);

    await discardRun(actor, held);

    expect(await getRun(actor, held.id)).toMatchObject({ state: "discarded" });
    await expect(discardRun(actor, held)).rejects.toThrow("Only a held run");
    expect(await live(feed)).toHaveLength(50);
  });

  it.each([
    [
      "web_page",
      { body: "<!doctype html><html><body>Sign in</body></html>", headers: { "content-type": "text/html" } },
    ],
    ["empty", { body: "" }],
    ["growth", csv(0, 101)],
    [
      "type_mix",
      { body: Array.from({ length: 10 }, (_, index) => `now,evil${String(index)}.com`).join("\n") },
    ],
  ])("is held by the guard %s, removes nothing and heals with the next good run", async (code, answer) => {
    server.serve(csv(0, 10));
    const feed = await addFeed();
    await run(feed);
    server.serve(answer);

    const held = await run(feed);

    expect(held).toMatchObject({ state: "held", error: { code } });
    expect(await live(feed)).toHaveLength(10);
    server.serve(csv(0, 11));
    expect(await run(feed)).toMatchObject({ state: "succeeded", counts: { added: 1, removed: 0 } });
    expect(await getRun(actor, held.id)).toMatchObject({ state: "discarded" });
  });

  it("fails on a refusal, says why and removes nothing", async () => {
    server.serve(csv(0, 10));
    const feed = await addFeed();
    await run(feed);
    server.serve({ status: 403, body: "" });

    const failed = await run(feed);

    expect(failed.state).toBe("failed");
    expect(failed.error?.message).toContain("refuses access (HTTP 403)");
    expect(await live(feed)).toHaveLength(10);
  });

  it("reads the bytes of a discarded run anew once the settings have changed", async () => {
    server.serve(csv(0, 50));
    const feed = await addFeed();
    await run(feed);
    server.serve(csv(0, 5));
    await discardRun(actor, await run(feed));
    expect(await run(feed)).toMatchObject({ state: "unchanged" });

    await updateFeed(actor, feed, { shrinkLimitPercent: 100 });

    expect(await run(feed)).toMatchObject({ state: "succeeded", counts: { removed: 45 } });
  });

  it("does not reach private addresses", async () => {
    const feed = await addFeed({ url: "http://169.254.169.254/latest/meta-data" });

    expect(await run(feed)).toMatchObject({ state: "failed", error: { code: "blocked_address" } });
  });

  it("under the policy keep goes on vouching for what has gone upstream", async () => {
    server.serve(csv(0, 10));
    const feed = await addFeed({ removal: "keep", shrinkLimitPercent: 100 });
    await run(feed);
    server.serve(csv(0, 4));

    expect((await run(feed)).counts).toMatchObject({ unchanged: 4, removed: 0, active: 10 });
    server.serve(csv(0, 10));
    expect((await run(feed)).counts).toMatchObject({ unchanged: 4, changed: 6, active: 10 });
  });

  it("keeps what another feed still vouches for when one is deleted", async () => {
    server.serve(csv(5_000, 5_010));
    const first = await addFeed();
    await run(first);
    server.serve(csv(5_005, 5_015));
    const second = await addFeed();
    await run(second);

    await deleteFeed(actor, first);

    const active = await asTeam(
      team.id,
      (tx) => tx.$queryRaw<{ value: string }[]>`
        SELECT i.value FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
        WHERE t.team_id = ${team.id}::uuid AND t.active AND i.value = ANY (${Array.from({ length: 15 }, (_, row) => hash(5_000 + row))})`,
    );
    expect(active.map(({ value }) => value).sort()).toEqual(
      Array.from({ length: 10 }, (_, row) => hash(5_005 + row)).sort(),
    );
  });
});

const letLeaseRunOut = (id: string) =>
  asSystem("operations", (tx) =>
    tx.feedRun.update({ where: { id }, data: { leaseUntil: new Date(0) }, select: { id: true } }),
  );

describe("a run whose worker dies", () => {
  it("is taken over once its lease ran out, and nothing doubles", async () => {
    server.serve(csv(0, 30));
    const feed = await addFeed();
    const { id } = await runFeedNow(actor, feed);
    const dead = randomUUID();
    expect(await claimRun(id, dead)).not.toBeNull();
    expect(await claimRun(id, workerId)).toBeNull();
    await letLeaseRunOut(id);

    expect(await ingestRun(id, { workerId, signal: new AbortController().signal })).toBe("succeeded");

    expect(await live(feed)).toHaveLength(30);
    expect(await ingestRun(id, { workerId: dead, signal: new AbortController().signal })).toBe(
      "nothing-to-do",
    );
  });

  it("is left to another worker when its own is told to stop in the middle of the download", async () => {
    const body = csv(0, 900);
    server.serve({ body, silentAfterBytes: 40_000 });
    const feed = await addFeed();
    const { id } = await runFeedNow(actor, feed);
    const stopping = new AbortController();
    const [isSilent, attempt] = [server.untilSilent(), ingestRun(id, { workerId, signal: stopping.signal })];
    await isSilent;
    stopping.abort(new Error("The worker stops."));

    await expect(attempt).rejects.toThrow("The worker stops.");
    expect(await getRun(actor, id)).toMatchObject({ state: "running", error: null });
    expect(await live(feed)).toEqual([]);

    server.serve(body);
    await letLeaseRunOut(id);
    const another = { workerId: randomUUID(), signal: new AbortController().signal };
    expect(await ingestRun(id, another)).toBe("succeeded");
    expect(await live(feed)).toHaveLength(900);
  });

  it("never overlaps with another run of its feed", async () => {
    server.serve(csv(0, 3));
    const feed = await addFeed();
    const first = await runFeedNow(actor, feed);
    const second = await runFeedNow(actor, feed);

    expect(second.id).toBe(first.id);
  });
});
