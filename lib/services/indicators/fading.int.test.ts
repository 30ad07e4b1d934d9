import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import { fade } from "@/lib/domain/indicator/fading";
import { addDays } from "@/lib/domain/indicator/validity";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { teamRulesSchema, updateTeamRules, type TeamRules } from "@/lib/services/people/team-rules";
import { announceFading } from "@/lib/services/scheduling/announce-fading";
import { subscribe } from "@/lib/services/subscriptions/subscribe";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { fadeTeam } from "./fade-team";
import { traceIndicator } from "./trace-indicator";

const database = useTestDatabase();
const server = useFeedServer();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const add = (...items: readonly unknown[]) => {
  const [first] = actor.teams;
  if (!first) throw new Error("The actor has no team.");
  return addLocalIndicators(actor, first, items);
};
const detailSchema = z.object({ before: teamRulesSchema, after: teamRulesSchema });
const RULE = { halfLifeDays: 30, floor: 10 };
const fadeIps = (rule: Omit<TeamRules["fading"][number], "type"> = RULE) =>
  updateTeamRules(actor, team.id, { fading: [{ type: "ipv4", ...rule }] });
/** As if everything had happened so many days earlier. */
const passDays = (days: number) =>
  database.asOwner(async (client) => {
    const earlier = `- make_interval(hours => ${String(days * 24)})`;
    await client.query(
      `UPDATE attribution SET first_seen = first_seen ${earlier}, last_seen = last_seen ${earlier}`,
    );
    await client.query(
      `UPDATE team_indicator SET first_seen = first_seen ${earlier}, last_seen = last_seen ${earlier}`,
    );
    await client.query(`UPDATE feed_run SET finished_at = finished_at ${earlier}`);
  });
type Row = { value: string; confidence: number; halvings: number; isEnded: boolean; version: string };
const view = async (): Promise<Row[]> =>
  asTeam(
    team.id,
    (tx) => tx.$queryRaw<Row[]>`
      SELECT i.value, t.confidence, t.halvings, coalesce(t.valid_until <= now(), false) AS "isEnded", t.xmin::text AS version
      FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
      WHERE t.team_id = ${team.id}::uuid ORDER BY i.value`,
  );
const seen = async () =>
  (await view()).map(({ value, confidence, isEnded }) => ({ value, confidence, isEnded }));
const one = async () => (await seen())[0];

describe("confidence in the team's own values", () => {
  it("stays while no rule says otherwise", async () => {
    await add({ value: "45.155.205.1", confidence: 80 });
    await passDays(400);

    expect(await fadeTeam(team.id, new Date())).toBe(0);
    expect(await one()).toMatchObject({ confidence: 80, isEnded: false });
  });

  it("halves with each half-life, ends at the floor with its reason, and is back when somebody adds it again", async () => {
    const [added] = await add({ value: "45.155.205.1", confidence: 80 }, { value: "evil-example.net" });
    await fadeIps();
    const reason = async () => (await traceIndicator(actor, added?.id ?? "")).states[0]?.reason;

    await passDays(30);
    expect(await fadeTeam(team.id, new Date())).toBe(1);
    expect(await seen()).toEqual([
      { value: "45.155.205.1", confidence: 40, isEnded: false },
      { value: "evil-example.net", confidence: 75, isEnded: false },
    ]);
    expect(await reason()).toContain("Confidence 80 → 40: 30 days without a sighting, half-life 30 days.");

    await passDays(60);
    expect(await fadeTeam(team.id, new Date())).toBe(1);
    expect(await one()).toMatchObject({ confidence: 10, isEnded: true });
    expect(await reason()).toContain("At 10 or less it has expired");

    expect(await add({ value: "45.155.205.1", confidence: 80 })).toMatchObject([{ outcome: "unchanged" }]);
    expect(await one()).toMatchObject({ confidence: 80, isEnded: false });
  });

  it("writes nothing and has nobody plan while nothing crosses a step", async () => {
    await add({ value: "45.155.205.1", confidence: 80 }, { value: "45.155.205.2", confidence: 90 });
    await fadeIps();
    await passDays(31);
    expect(await fadeTeam(team.id, new Date())).toBe(2);
    const changes = () =>
      asTeam(team.id, (tx) =>
        tx.team.findUniqueOrThrow({ where: { id: team.id }, select: { changeCount: true } }),
      );
    await passDays(28);
    const [before, count] = [await view(), await changes()];
    expect(await fadeTeam(team.id, new Date())).toBe(0);

    expect((await view()).map(({ version }) => version)).toEqual(before.map(({ version }) => version));
    expect(await changes()).toEqual(count);
  });

  it("follows a change of the rule, its floor and its end", async () => {
    await add({ value: "45.155.205.1", confidence: 80 });
    await passDays(61);
    await fadeIps();
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 20, isEnded: false });

    await fadeIps({ halfLifeDays: 30, floor: 20 });
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 20, isEnded: true });

    await fadeIps({ halfLifeDays: 60, floor: 20 });
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 40, isEnded: false });

    await updateTeamRules(actor, team.id, { fading: [] });
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 80, isEnded: false });
  });

  it("has rules that are changed several times at once, each from what the one before made of them", async () => {
    await Promise.all([30, 60, 90, 120].map((halfLifeDays) => fadeIps({ halfLifeDays, floor: 10 })));

    const entries = await asTeam(team.id, (tx) =>
      tx.auditEntry.findMany({
        where: { subjectId: team.id, action: "team.rules" },
        select: { detail: true },
        orderBy: { id: "asc" },
      }),
    );
    const details = entries.map(({ detail }) => detailSchema.parse(detail));
    expect(details).toHaveLength(4);
    const befores = new Set(details.map(({ before }) => JSON.stringify(before)));
    expect(befores.size).toBe(4);
  });

  it("is halved by PostgreSQL exactly as the rules of the core say", async () => {
    const values = Array.from({ length: 101 }, (_, confidence) => ({
      value: `45.155.205.${String(confidence + 1)}`,
      confidence,
    }));
    await add(...values);
    for (const [floor, days] of [
      [0, 30],
      [10, 45],
      [37, 29.999],
      [10, 90],
      [0, 5_000],
    ] as const) {
      await fadeIps({ halfLifeDays: 30, floor });
      const sightedAt = new Date("2026-01-01T00:00:00Z");
      const now = addDays(sightedAt, days);
      await database.asOwner((client) =>
        client.query("UPDATE attribution SET last_seen = $1 WHERE team_id = $2", [sightedAt, team.id]),
      );
      await database.asOwner((client) =>
        client.query("UPDATE team_indicator SET last_seen = $1 WHERE team_id = $2", [sightedAt, team.id]),
      );
      await fadeTeam(team.id, now);
      const rows = await asTeam(
        team.id,
        (tx) => tx.$queryRaw<{ value: string; confidence: number; halvings: number; end: Date | null }[]>`
          SELECT i.value, t.confidence, t.halvings, t.valid_until AS end
          FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id WHERE t.team_id = ${team.id}::uuid`,
      );
      const stored = new Map(rows.map(({ value, ...row }) => [value, row]));
      for (const { value, confidence } of values) {
        const expected = fade({ confidence, sightedAt, rule: { halfLifeDays: 30, floor } }, now);
        expect({ confidence, days, floor, ...stored.get(value) }).toEqual({
          ...{ days, floor, confidence: expected.confidence, halvings: expected.halvings },
          end: expected.endsAt <= now ? expected.endsAt : null,
        });
      }
    }
  });
});

describe("confidence in a feed's values", () => {
  const readFeed = async (removal: "keep" | "mirror") => {
    const input = feedCreateSchema.parse({
      ...{ team: team.slug, name: `Feed ${randomUUID()}`, kind: "freetext", url: server.address() },
      ...{ removal, confidence: 80, shrinkLimitPercent: 100 },
    });
    const feed = await createFeed(actor, team.id, input);
    const run = async () => {
      const { id } = await runFeedNow(actor, feed);
      await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
    };
    await run();
    return run;
  };

  it("stays while the feed is read well and still holds them, changed or not, and fades once it does not", async () => {
    await fadeIps();
    server.serve("45.155.205.1\n45.155.205.2\n");
    const run = await readFeed("keep");

    await passDays(40);
    await run();
    expect(await fadeTeam(team.id, new Date())).toBe(0);
    expect(await seen()).toMatchObject([{ confidence: 80 }, { confidence: 80 }]);

    server.serve("45.155.205.2\n");
    await run();
    await passDays(35);
    await run();
    await fadeTeam(team.id, new Date());
    expect(await seen()).toMatchObject([{ confidence: 40 }, { confidence: 80 }]);
  });

  it("fades when nobody reads the feed any more, and is whole again with the next good run", async () => {
    await fadeIps();
    server.serve("45.155.205.1\n");
    const run = await readFeed("mirror");
    await passDays(100);
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 10, isEnded: true });

    await run();
    await fadeTeam(team.id, new Date());

    expect(await one()).toMatchObject({ confidence: 80, isEnded: false });
  });

  it("counts the latest sighting of any source, for the highest word of all", async () => {
    await fadeIps();
    server.serve("45.155.205.1\n");
    await readFeed("mirror");
    await passDays(40);
    await add({ value: "45.155.205.1", confidence: 30 });
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 80 });

    await passDays(31);
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 40 });
  });
});

describe("confidence in a subscription's values", () => {
  it("counts when the source was read, not when it was taken in", async () => {
    await fadeIps();
    const owner = await openFeedDesk({ server });
    const feed = await owner.addFeed({ visibility: "everyone", confidence: 80 });
    await owner.run(feed, ["45.155.205.1"]);
    await passDays(40);
    const subscriber = await openFeedDesk({ server, team });
    const subscription = await subscribe(
      subscriber.actor,
      { ...team, role: "owner" },
      { feedId: feed.id, policy: subscriptionPolicySchema.parse({}) },
    );
    const waiting = await asTeam(team.id, (tx) =>
      tx.feedRun.findFirstOrThrow({
        where: { feedId: subscription.id, state: "queued" },
        select: { id: true },
      }),
    );
    await subscriber.carryOut(waiting.id);
    expect(await one()).toMatchObject({ confidence: 40 });
    await announceFading();
    expect(await fadeTeam(team.id, new Date())).toBe(0);

    expect(await owner.run(feed)).toMatchObject({ state: "unchanged" });
    await announceFading();
    await fadeTeam(team.id, new Date());
    expect(await one()).toMatchObject({ confidence: 80 });
  });
});
