import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import type { FeedView } from "@/lib/services/feeds/feed-view";
import { subscribe } from "@/lib/services/subscriptions/subscribe";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";

import { correlate } from "./correlate";
import { listIndicators } from "./list-indicators";
import { traceIndicator, type Trace } from "./trace-indicator";
import { traceRawRow } from "./trace-raw-row";
import { readTimeline } from "./trace-timeline";

const database = useTestDatabase();
const server = useFeedServer();

const HOST = "gate.evil-trace.com";
const ID = indicatorId("domain", HOST);
const SECRET = "s3cr3t-of-the-feed";
const CONNECTOR = randomUUID();
const REMOTE = "4711";
const STIX = `indicator--${ID}`;

let mine: FeedDesk;
let theirs: FeedDesk;
let feed: FeedView;
beforeAll(async () => {
  mine = await openFeedDesk({ server });
  theirs = await openFeedDesk({ server });
  feed = await mine.addFeed({ auth: { type: "bearer", token: SECRET } });
  await mine.run(feed, [
    "# a list",
    "www.evil-trace.com,one",
    `"Gate[.]EVIL-trace.com:8443","two`,
    `lines, ${SECRET} http://joe:hunter2@evil-trace.com/"`,
    "other.evil-trace.net,three",
  ]);
  const hidden = await theirs.addFeed();
  await theirs.run(hidden, [`${HOST},theirs`, "hidden.evil-trace.com,theirs"]);
});

const trace = (actor: Actor = mine.actor): Promise<Trace> => traceIndicator(actor, ID);
const rawRow = async (actor: Actor, line = 3) => {
  const runId = (await trace()).attributions[0]?.run?.id ?? "";
  return traceRawRow(actor, { runId, line, type: "domain", value: HOST });
};
const find = async (q: string, actor: Actor = mine.actor): Promise<string[]> => {
  const filter = indicatorFilterSchema.parse({ q });
  const teamIds = actor.teams.map(({ id }) => id);
  const { indicators } = await listIndicators(actor, { teamIds, filter, limit: 50, cursor: null });
  return indicators.map(({ value }) => value);
};

describe("the row behind a value", () => {
  it("is shown as it stood in the kept bytes, over line ends, with how it became the value and without secrets", async () => {
    const row = await rawRow(mine.actor);

    expect(row).toEqual({
      isKept: true,
      raw: `"Gate[.]EVIL-trace.com:8443","two\nlines, ••• http://joe:•••@evil-trace.com/"`,
      isCut: false,
      spelling: "Gate[.]EVIL-trace.com:8443",
      steps: [
        { what: expect.stringContaining("refanged") as string, text: "Gate.EVIL-trace.com:8443" },
        { what: expect.stringContaining("lower case") as string, text: HOST },
        { what: expect.stringContaining("Port 8443") as string, text: null },
      ],
    });
    expect((await trace()).attributions[0]).toMatchObject({ line: 3, port: 8443 });
  });

  it("is not shown to another team, whatever run it asks for", async () => {
    expect(await rawRow(theirs.actor)).toMatchObject({ isKept: false });
    expect(JSON.stringify(await rawRow(theirs.actor))).not.toContain("trace.com");
  });

  it("says when the line is not there, and when the bytes are kept no longer", async () => {
    expect(await rawRow(mine.actor, 99)).toMatchObject({ isKept: false, why: /not found/ });

    await database.asOwner((client) =>
      client.query("UPDATE feed_run SET body_id = NULL WHERE feed_id = $1", [feed.id]),
    );
    expect(await rawRow(mine.actor)).toMatchObject({ isKept: false, why: /no longer kept/ });
  });

  it("of a subscription stays with its owner", async () => {
    const shared = await theirs.addFeed({ visibility: "everyone" });
    await theirs.run(shared, ["shared.evil-trace.org,private note"]);
    const subscription = await subscribe(
      mine.actor,
      { ...mine.team, role: "owner" },
      { feedId: shared.id, policy: subscriptionPolicySchema.parse({}) },
    );
    const { rows } = await database.asOwner((client) =>
      client.query<{ id: string }>("SELECT id FROM feed_run WHERE feed_id = $1", [subscription.id]),
    );
    const runId = rows[0]?.id ?? "";
    await mine.carryOut(runId);

    const value = "shared.evil-trace.org";
    expect((await traceIndicator(mine.actor, indicatorId("domain", value))).attributions).toHaveLength(1);
    expect(await traceRawRow(mine.actor, { runId, line: 1, type: "domain", value })).toMatchObject({
      isKept: false,
      why: /subscription/,
    });
  });
});

describe("what was sent", () => {
  beforeAll(async () => {
    await database.asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>("SELECT id FROM indicator WHERE key = $1", [ID]);
      const id = rows[0]?.id ?? "";
      await client.query("SET session_replication_role = replica");
      await client.query(
        `INSERT INTO connector (id, team_id, destination_id, name, kind, client_id)
         VALUES ($1, $2, gen_random_uuid(), 'Defender', 'defender', gen_random_uuid())`,
        [CONNECTOR, mine.team.id],
      );
      for (const [days, operation, code, reason, state] of [
        [9, "blocked", "below-confidence", "Its confidence is too low.", "applied"],
        [8, "blocked", "below-confidence", "Its confidence is too low.", "draft"],
        // One went stale, and nobody applied the other before the next was made.
        [7.9, "add", "new", "It is new, severity High.", "stale"],
        [7.8, "add", "new", "It is new, severity Medium.", "draft"],
        [7, "add", "new", "It is new.", "applied"],
      ] as const) {
        const at = new Date(Date.now() - days * 86_400_000);
        await client.query(
          `WITH made AS (INSERT INTO plan (id, connector_id, team_id, state, hash, policy_hash, created_at)
             VALUES (gen_random_uuid(), $1, $2, $8, 'h', 'h', $3) RETURNING id)
           INSERT INTO plan_item (plan_id, indicator_id, team_id, operation, code, reason)
           SELECT id, $4, $2, $5, $6, $7 FROM made`,
          [CONNECTOR, mine.team.id, at, id, operation, code, reason, state],
        );
      }
      await client.query(
        `WITH made AS (INSERT INTO push (id, plan_id, connector_id, team_id, state, queued_at)
             VALUES (gen_random_uuid(), gen_random_uuid(), $1, $2, 'done', now() - interval '6 days') RETURNING id),
           item AS (INSERT INTO push_item (push_id, indicator_id, team_id, operation, state, sent_at, finished_at)
             SELECT id, $3, $2, 'add', 'accepted', now() - interval '6 days', now() - interval '5 days' FROM made)
         INSERT INTO receipt (connector_id, indicator_id, team_id, push_id, state, remote_id, stix_id, sent_at, accepted_at, visible_at)
         SELECT $1, $3, $2, id, 'visible', $4, $5, now() - interval '6 days', now() - interval '5 days', now() - interval '4 days' FROM made`,
        [CONNECTOR, mine.team.id, id, REMOTE, STIX],
      );
    });
  });

  it("is told with the plan's outcome, the push and the record's id", async () => {
    const { decisions, receipts } = await trace();

    expect(decisions).toMatchObject([
      {
        connector: "Defender",
        outcome: "add",
        code: "new",
        reason: "It is new.",
        policy: { minConfidence: 0, maxTlp: "amber" },
        push: { operation: "add", state: "accepted" },
      },
    ]);
    expect(receipts).toMatchObject([{ remoteId: REMOTE, stixId: STIX, state: "visible" }]);
    expect(receipts[0]?.pushId).toBe(decisions[0]?.push?.id);
  });

  it("keeps what the connector's plan said of it when a recall of other values is planned", async () => {
    const before = (await trace()).decisions;
    await database.asOwner(async (client) => {
      await client.query("SET session_replication_role = replica");
      await client.query(
        `INSERT INTO plan (id, connector_id, team_id, state, hash, policy_hash, partial)
         VALUES (gen_random_uuid(), $1, $2, 'applied', 'h', 'h', true)`,
        [CONNECTOR, mine.team.id],
      );
    });
    expect((await trace()).decisions).toEqual(before);
  });

  it("stands in one timeline with what feeds did, newest first; what plans repeat is said once, and of plans that did nothing nothing", async () => {
    const { timeline } = await trace();

    expect(timeline.map(({ kind }) => kind)).toEqual([
      "seen",
      "visible",
      "accepted",
      "sent",
      "planned",
      "blocked",
    ]);
    expect(timeline.find(({ kind }) => kind === "planned")?.what).toBe(
      "Planned for Defender: to be added. It is new.",
    );
    expect(timeline.map(({ at }) => at.getTime())).toEqual(
      timeline.map(({ at }) => at.getTime()).sort((a, b) => b - a),
    );
  });

  it("is paged through without a gap or a repetition", async () => {
    const all = (await trace()).timeline;
    const { rows } = await database.asOwner((client) =>
      client.query<{ id: string }>("SELECT id FROM indicator WHERE key = $1", [ID]),
    );
    const subject = { id: BigInt(rows[0]?.id ?? 0), key: ID, teamIds: [mine.team.id] };
    const paged: string[] = [];
    let after: Awaited<ReturnType<typeof readTimeline>>["next"] = null;
    do {
      const place = after;
      const page: Awaited<ReturnType<typeof readTimeline>> = await asActor(mine.actor, (tx) =>
        readTimeline(tx, subject, { limit: 2, after: place }),
      );
      paged.push(...page.events.map(({ what }) => what));
      after = page.next;
    } while (after);
    expect(paged).toEqual(all.map(({ what }) => what));
  });

  it("is found by every id that it has, and by no one who does not have it", async () => {
    const name = `c2x1aWNl---${STIX}`;
    await database.asOwner((client) =>
      client.query(
        `UPDATE attribution SET context = '{"origin":{"event":"0199b7a0-1c2d-7000-8000-0000000000e1","info":"Campaign","id":"0199b7a0-1c2d-7000-8000-0000000000a1"}}'
         WHERE feed_id = $1`,
        [feed.id],
      ),
    );
    for (const q of [ID, ID.toUpperCase(), STIX, REMOTE, "0199b7a0-1c2d-7000-8000-0000000000a1"])
      expect({ [q]: (await find(q)).includes(HOST) }).toEqual({ [q]: true });
    expect(await find(name)).toEqual([HOST]);
    expect((await find("0199b7a0-1c2d-7000-8000-0000000000e1")).sort()).toEqual([
      HOST,
      "other.evil-trace.net",
      "www.evil-trace.com",
    ]);
    expect(await find(randomUUID())).toEqual([]);
    // The other team has the value, but neither this receipt nor this source.
    expect(await find(REMOTE, theirs.actor)).toEqual([]);
    expect(await find("0199b7a0-1c2d-7000-8000-0000000000a1", theirs.actor)).toEqual([]);
    expect(await find(ID, theirs.actor)).toEqual([HOST]);
  });

  it("says nothing of it to another team that has the value, too", async () => {
    const text = JSON.stringify(await trace(theirs.actor));
    for (const secret of [mine.team.slug, feed.id, feed.name, CONNECTOR, REMOTE, "Defender"])
      expect(text).not.toContain(secret);
  });

  it.each([
    ["receipt", "remote_id = '4711'", "receipt_remote_id"],
    ["receipt", "stix_id = 'indicator--x'", "receipt_stix_id"],
    ["attribution", "external_id = 'x'", "attribution_external_id"],
    ["attribution", "event = 'x' AND until_generation IS NULL", "attribution_event"],
    ["push_item", "indicator_id = 1", "push_item_indicator_id_idx"],
    ["recall_item", "indicator_id = 1", "recall_item_indicator_id_idx"],
  ])(
    "is looked up in %s by %s through an index, under row security, too",
    async (table, condition, index) => {
      const plan = await database.asLogin(async (client) => {
        await client.query("BEGIN");
        await client.query(
          "SELECT set_config('sluice.teams', $1, true), set_config('enable_seqscan', 'off', true)",
          [`{${mine.team.id}}`],
        );
        const { rows } = await client.query<{ "QUERY PLAN": string }>(
          `EXPLAIN SELECT indicator_id FROM ${table} WHERE ${condition}`,
        );
        await client.query("ROLLBACK");
        return rows.map((row) => row["QUERY PLAN"]).join("\n");
      });
      expect(plan).toContain(index);
      // The condition is what the index is searched by, not what is looked at afterwards.
      expect(plan).toMatch(/Index Cond: \(+(?:remote_id|stix_id|external_id|event|indicator_id)/);
    },
  );
});

describe("what a feed did in a run that is forgotten", () => {
  it("is told without the run", async () => {
    const brief = await mine.addFeed();
    const value = "brief.evil-forgotten.com";
    await mine.run(brief, [`${value},x`]);
    await mine.run(brief, ["stays.evil-forgotten.com,x"]);
    const told = async () =>
      (await traceIndicator(mine.actor, indicatorId("domain", value))).timeline.map(
        ({ kind, what }) => [kind, what] as const,
      );
    const before = await told();
    expect(before.map(([kind]) => kind)).toEqual(expect.arrayContaining(["seen", "ended"]));
    expect(before.map(([, what]) => what).join(" ")).toContain("in run 1, line 1");

    await database.asOwner(async (client) => {
      await client.query("SET session_replication_role = replica");
      await client.query("DELETE FROM feed_run WHERE feed_id = $1", [brief.id]);
    });
    const after = await told();
    expect(after.map(([kind]) => kind).sort()).toEqual(before.map(([kind]) => kind).sort());
    expect(after.map(([, what]) => what).sort()).toEqual(
      [`${brief.name} brought it, line 1.`, `${brief.name} no longer vouches for it.`].sort(),
    );
  });
});

describe("what else is like it", () => {
  const related = async (actor: Actor, teamId: string, value = HOST) =>
    (await correlate(actor, { teamId, type: "domain", value })).map(
      ({ kind, filter, count, isMore }) => [kind, Object.values(filter)[0], count, isMore] as const,
    );

  it("is counted among what the team has, never among what others have", async () => {
    expect(await related(mine.actor, mine.team.id)).toEqual([
      ["domain", "evil-trace.com", 1, false],
      ["event", "0199b7a0-1c2d-7000-8000-0000000000e1", 2, false],
    ]);
    expect(await related(theirs.actor, theirs.team.id)).toEqual([["domain", "evil-trace.com", 1, false]]);
    expect(await related(theirs.actor, mine.team.id)).toEqual([]);
  });

  it("is what the list shows behind the link", async () => {
    expect((await find("evil-trace.com")).sort()).toEqual([HOST, "www.evil-trace.com"]);
    const filter = indicatorFilterSchema.parse({ event: "0199b7a0-1c2d-7000-8000-0000000000e1" });
    const options = { teamIds: [mine.team.id], filter, limit: 50, cursor: null };
    expect((await listIndicators(mine.actor, options)).indicators).toHaveLength(3);
    expect((await listIndicators(theirs.actor, options)).indicators).toEqual([]);
  });

  it("is counted to a hundred and no further", async () => {
    const many = await mine.addFeed();
    await mine.run(
      many,
      Array.from({ length: 150 }, (_, n) => `n${String(n)}.evil-many.com,x`),
    );
    expect(await related(mine.actor, mine.team.id, "n1.evil-many.com")).toEqual([
      ["domain", "evil-many.com", 100, true],
    ]);
  });

  it("reads no more of what others have than is said, and then says at least, or asks a small team's own", async () => {
    const of = { teamId: mine.team.id, type: "domain", value: "n1.evil-many.com" } as const;
    const [small] = await correlate(mine.actor, of, { mostFound: 5, smallTeam: 1_000 });
    expect(small).toMatchObject({ name: "evil-many.com", count: 100, isMore: true });
    const [large] = await correlate(mine.actor, of, { mostFound: 5, smallTeam: 1 });
    expect(large).toMatchObject({ name: "evil-many.com", isMore: true });
    expect(large?.count).toBeLessThanOrEqual(5);
  });
});
