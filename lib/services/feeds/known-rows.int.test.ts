import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { untilSomebodyWaits } from "@/lib/testing/until-somebody-waits";

import { ingestRun } from "./ingest-run";
import { rollBackRun } from "./roll-back-run";
import { runFeedNow } from "./queue-run";
import { makeDesk } from "./testing/sandbox-feed";
import { stageAnew } from "./testing/stage-anew";

const database = useTestDatabase();
const server = useFeedServer();

let team: TestTeam;
let actor: Actor;
let desk: ReturnType<typeof makeDesk>;
beforeAll(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  desk = makeDesk(team, actor);
});

const HEADER = "value,confidence,tlp,tags,comment,threat,first,last,until";
const COLUMNS = {
  ...{ confidence: 2, tlp: 3, tags: 4, comment: 5, threatType: 6 },
  ...{ firstSeen: 7, lastSeen: 8, validUntil: 9 },
};
const addList = (more: object = {}) =>
  desk.add({
    kind: "csv",
    url: server.address(),
    csv: { valueColumns: [1], header: true, columns: COLUMNS },
    ...more,
  });
const serve = (rows: readonly string[]): void => {
  server.serve([HEADER, ...rows].join("\n"));
};
/** What stands in the feed's last list, but for where it stood and when it was seen: these are as they were first entered. */
const vouched = (feed: { id: string }): Promise<unknown[]> =>
  asTeam(
    team.id,
    (tx) => tx.$queryRaw`
      SELECT i.value, a.confidence, a.tlp, a.tags, a.comment, a.threat_type, a.valid_until, a.context, a.fingerprint::text
      FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${feed.id}::uuid AND a.until_generation IS NULL AND a.absent_from_run IS NULL
      ORDER BY i.value`,
  );

describe("rows that a feed vouches for already", () => {
  it("are known by the same fingerprint in memory and in the database, whatever stands in them", async () => {
    const rows = [
      `1.2.3.4,20,green,c2|apt,"Grüße, „Tschüß“ – 你好 🦊",C2,2026-01-02,2026-01-04,2099-02-01`,
      `https://a.example.com:8443/x?y="z",80,amber,"ö|x","back\\slash ""quoted"" tab	end",,,,2099-03-01T10:20:30.456Z`,
      `45.155.205.7:8080,,,,,,,,`,
      `evil.example.com,0,clear,,"\u0001 control",Worm,,,1969-12-31T23:59:59.250Z`,
      `b.example.com,100,red,a|b|c,,,,,`,
    ];
    serve(rows);
    const feed = await addList({ tags: ["own tag"] });
    await desk.run(feed);

    const { staged, passed } = await stageAnew(actor, feed);

    expect(staged).toEqual([]);
    expect(passed).toBe((await vouched(feed)).length);
  });
});

/** A list of few values that come and go, stand twice, and say now this, now that; the same for the same seed. */
const someList = (seed: number): string[] => {
  let state = seed * 2_654_435_761;
  const pick = (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: 30 }, () => {
    const value = pick(12) === 0 ? "10.0.0.1" : `v${String(pick(14))}.example.com`;
    const says = ["50,green,a,,", "50,green,a,,", "70,amber,b,Second,Worm"][pick(3)] ?? "";
    return `${value},${says},,,`;
  });
};

describe("a feed that is read again and again", () => {
  it.each(["mirror", "keep", "expire"] as const)(
    "vouches for what a new feed would that reads the last list alone, under “%s”",
    async (removal) => {
      const feed = await addList({ removal });
      for (let step = 1; step <= 8; step += 1) {
        const rows = someList(step);
        serve(rows);
        const { counts, state } = await desk.run(feed);
        expect(state).toBe("succeeded");
        const { added, changed, unchanged, duplicate, excluded, allowlisted, rejected } = counts;
        expect(added + changed + unchanged + duplicate + excluded + allowlisted + rejected).toBe(
          counts.values,
        );

        const fresh = await addList({ removal });
        await desk.run(fresh);
        expect(await vouched(feed)).toEqual(await vouched(fresh));
        const distinct = new Set(rows.map((row) => row.split(",")[0])).size;
        expect(counts.values - duplicate).toBe(distinct);
      }
    },
  );

  it("removes what has gone and counts it by type for the guard, though nothing of the rest is staged", async () => {
    serve(["a.example.com,,,,,,,,", "b.example.com,,,,,,,,", "45.155.205.7,,,,,,,,"]);
    const feed = await addList({ shrinkLimitPercent: 100, guards: { growthFactor: 0, typeMix: true } });
    await desk.run(feed);
    serve(["a.example.com,,,,,,,,", "b.example.com,,,,,,,,", "c.example.com,,,,,,,,"]);

    const run = await desk.run(feed);

    expect(run).toMatchObject({
      state: "succeeded",
      counts: { added: 1, unchanged: 2, removed: 1, active: 3 },
    });
    expect(run.countsByType).toEqual({ domain: 3 });
  });

  it.each([
    ["the known row first", (rows: string[]) => rows],
    ["the known row last", (rows: string[]) => rows.toReversed()],
  ])("has a value of two rows seen as the rows say now: %s", async (_name, inOrder) => {
    serve(["a.example.com,50,green,,,,2026-01-05,2026-01-06,"]);
    const feed = await addList();
    await desk.run(feed);
    serve(
      inOrder([
        "a.example.com,50,green,,,,2026-01-03,2026-01-09,",
        "a.example.com,50,green,,Other words,,2026-01-04,2026-01-07,",
      ]),
    );
    await desk.run(feed);

    const seen = await asTeam(
      team.id,
      (tx) => tx.$queryRaw`
        SELECT first_seen AS first, last_seen AS last FROM attribution
        WHERE feed_id = ${feed.id}::uuid AND until_generation IS NULL`,
    );
    expect(seen).toEqual([{ first: new Date("2026-01-03"), last: new Date("2026-01-09") }]);
  });

  it("does not go by what it knew once somebody has left the live generation meanwhile", async () => {
    serve(["a.example.com,,,,,,,,", "b.example.com,,,,,,,,"]);
    const feed = await addList();
    await desk.run(feed);
    serve(["a.example.com,,,,,,,,", "c.example.com,,,,,,,,"]);
    const second = await desk.run(feed);
    server.serve(["# regenerated", HEADER, "a.example.com,,,,,,,,", "c.example.com,,,,,,,,"].join("\n"));
    const { id } = await runFeedNow(actor, feed);
    const options = { workerId: randomUUID(), signal: new AbortController().signal };

    // The rollback has changed what is live and waits to merge it; the run has read what was live, and waits for it.
    const { running, rolledBack } = await database.asOwner(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`team:${team.id}`]);
      const rolledBack = rollBackRun(actor, { id: second.id, teamId: team.id });
      await untilSomebodyWaits(database);
      const running = ingestRun(id, options).catch((error: unknown) => String(error));
      await untilSomebodyWaits(database, 2);
      await client.query("COMMIT");
      return { running, rolledBack };
    });
    await rolledBack;

    expect(await running).toMatch(/begins anew/);
    expect((await desk.live(feed)).map(({ value }) => value)).toEqual(["a.example.com", "b.example.com"]);
    expect(await ingestRun(id, options)).toBe("succeeded");
    expect((await desk.live(feed)).map(({ value }) => value)).toEqual(["a.example.com", "c.example.com"]);
  });
});
