import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { createTouched, refreshTeam } from "@/lib/db/queries/team-view";
import { asSystem, asTeam, bulkAsTeam } from "@/lib/db/scope";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import { AppError } from "@/lib/domain/errors";
import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";
import { connect, plan } from "@/lib/services/delivery/testing/desk";
import { getPlan } from "@/lib/services/planning/get-plan";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { getRun } from "@/lib/services/feeds/list-runs";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { checkText } from "@/lib/services/indicators/check-text";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { subscribe } from "@/lib/services/subscriptions/subscribe";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor } from "@/lib/testing/people";

import { addEntries } from "./add-entries";
import { announceRescreens } from "./announce-rescreens";
import { checkEntries } from "./check-entries";
import { createAllowlist } from "./create-allowlist";
import { listEntries, removeEntry } from "./entries";
import { getAllowlist } from "./get-allowlist";
import { listAllowlists } from "./list-allowlists";
import { openScreenerOf } from "./open-screener";
import { rescreenTeam } from "./rescreen-team";
import { deleteAllowlist, updateAllowlist } from "./update-allowlist";

useTestDatabase();
const server = useFeedServer();
let desk: FeedDesk;
beforeEach(async () => {
  desk = await openFeedDesk({ server });
});

type Given = { match?: AllowlistMatch; effect?: AllowlistEffect; until?: string | null; of?: FeedDesk };

const makeList = async (values: readonly string[], given: Given = {}) => {
  const { match = "hostname", effect = "stop", until = null, of = desk } = given;
  const list = await createAllowlist(of.actor, of.team.id, { name: randomUUID(), match, effect });
  await addEntries(
    of.actor,
    list,
    values.map((value) => ({ value, comment: "It is ours.", until })),
  );
  return list;
};
const rescreen = (of = desk) => rescreenTeam(of.team.id, { signal: new AbortController().signal });
/** The team's values and what keeps them in. */
const screened = async (of = desk): Promise<Record<string, string | null>> => {
  const rows = await asTeam(
    of.team.id,
    (tx) => tx.$queryRaw<{ value: string; by: string | null }[]>`
      SELECT i.value, t.screened_by AS by FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
      WHERE t.team_id = ${of.team.id}::uuid ORDER BY i.value`,
  );
  return Object.fromEntries(rows.map(({ value, by }) => [value, by]));
};
const access = () => ({ ...desk.team, role: "owner" as const });

describe("a team's allowlist", () => {
  it("keeps in what a feed brings from now on, and counts it", async () => {
    const list = await makeList(["example.com"]);
    await rescreen();
    const feed = await desk.addFeed();

    const { counts } = await desk.run(feed, ["www.example.com", "bad-site.net", "http://example.com/x"]);

    expect(counts).toMatchObject({ added: 1, allowlisted: 2, active: 1 });
    expect(await screened()).toEqual({
      "bad-site.net": null,
      "http://example.com/x": `list:${list.id}`,
      "www.example.com": `list:${list.id}`,
    });
  });

  it("takes back what is live already, and gives it free again when it ends", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["www.example.com", "bad-site.net"]);
    const list = await makeList(["example.com"]);

    expect(await rescreen()).toBe(1);
    expect(await screened()).toMatchObject({ "www.example.com": `list:${list.id}` });
    expect((await listAllowlists(desk.actor, desk.team.id)).lists).toMatchObject([{ entries: 1, hits: 1 }]);

    await removeEntry(desk.actor, list, "EXAMPLE[.]com");
    expect(await rescreen()).toBe(1);
    expect(await screened()).toEqual({ "www.example.com": null, "bad-site.net": null });
  });

  it("is followed by plans and pushes before anything was screened anew", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["45.155.205.7", "45.155.205.8"]);
    const defender = await connect(desk.actor, desk.team, "defender");
    await makeList(["45.155.205.8"], { match: "cidr" });

    const { id } = await plan(desk.actor, defender);

    expect(await getPlan(desk.actor, id)).toMatchObject({
      counts: { add: 1, blocked: 1 },
      blockedByReason: { allowlisted: 1 },
    });
  });

  it("that only watches has its values sent as Audit, whatever the connector does else", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["45.155.205.7", "45.155.205.8"]);
    const defender = await connect(desk.actor, desk.team, "defender", { action: "Block" });
    await makeList(["45.155.205.8"], { match: "cidr", effect: "audit-only" });

    const { id } = await plan(desk.actor, defender);

    const { items } = await listPlanItems(
      { id, teamId: desk.team.id },
      { operation: "add", limit: 10, after: null },
    );
    expect(Object.fromEntries(items.map(({ value, action }) => [value, action]))).toEqual({
      "45.155.205.7": "Block",
      "45.155.205.8": "Audit",
    });
  });

  it("holds until the end that was given, and no longer", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["www.example.com"]);
    const end = new Date(Date.now() + 3_600_000);
    const list = await makeList(["example.com"], { until: end.toISOString() });
    await rescreen();
    expect(await screened()).toEqual({ "www.example.com": `list:${list.id}` });

    await asTeam(desk.team.id, (tx) =>
      tx.allowlistEntry.updateMany({ data: { until: new Date(Date.now() - 1_000) } }),
    );
    await announceRescreens(new Date());
    await rescreen();

    expect(await screened()).toEqual({ "www.example.com": null });
    const { entries } = await listEntries(desk.actor, list, { limit: 10, after: null });
    expect(entries).toMatchObject([{ value: "example.com", isInForce: false }]);
  });

  it("that changed while a feed was read has all screened once more", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["www.example.com"]);
    await rescreen();
    expect(await rescreen()).toBe(0);
    const { version } = await openScreenerOf(desk.team.id);

    // As a run does that had read the lists before they changed.
    await bulkAsTeam(desk.team.id, async (client) => {
      await createTouched(client);
      await refreshTeam(client, desk.team.id, { now: new Date(), screenedBy: version - 1 });
    });

    expect((await listAllowlists(desk.actor, desk.team.id)).isBehind).toBe(true);
    await announceRescreens(new Date());
    await rescreen();
    expect((await listAllowlists(desk.actor, desk.team.id)).isBehind).toBe(false);
  });

  it("has what a person adds answered as such, and said before", async () => {
    await makeList(["example.com"]);
    await makeList(["other.example.net"], { effect: "warn" });

    const [first, second] = await checkText(desk.team.id, "www.example[.]com\nother.example.net");
    expect(first).toMatchObject({ verdict: "allowlisted" });
    expect(second).toMatchObject({ verdict: "new", note: expect.stringContaining("look twice") as string });
    const added = await addLocalIndicators(desk.actor, access(), [
      { value: "www.example.com" },
      { value: "other.example.net" },
    ]);
    expect(added.map(({ outcome }) => outcome)).toEqual(["allowlisted", "added"]);

    const trace = await traceIndicator(desk.actor, indicatorId("domain", "www.example.com"));
    expect(trace).toMatchObject({
      states: [{ state: "allowlisted" }],
      allowlists: [{ team: desk.team.slug, effect: "stop" }],
    });
  });

  it("says what an entry would meet before it is saved, and saves nothing", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["www.example.com", "http://example.com/a", "bad-site.net"]);
    const list = await createAllowlist(desk.actor, desk.team.id, {
      name: "Ours",
      match: "hostname",
      effect: "stop",
    });

    const check = await checkEntries(desk.actor, list, ["example.com", "com"]);

    expect(check).toMatchObject({ matched: 2, teams: 1, destinations: [], rejected: [{ value: "com" }] });
    expect(check.samples.map(({ value }) => value).sort()).toEqual([
      "http://example.com/a",
      "www.example.com",
    ]);
    expect(Object.values(await screened())).toEqual([null, null, null]);
  });

  it("judges each entry by itself", async () => {
    const list = await makeList(["example.com"]);
    const added = await addEntries(
      desk.actor,
      list,
      ["hxxp://new[.]example[.]net/x", "EXAMPLE.com.", "not a host!"].map((value) => ({
        value,
        comment: "Why.",
        until: null,
      })),
    );
    expect(added.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(["known", "rejected"]));
    expect(added[2]).toMatchObject({ outcome: "rejected", id: null });
  });

  it("takes an entry again with another end, and holds as long as that", async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const list = await makeList(["example.com"], { until: soon });
    const again = { value: "example.com", comment: "For good.", until: null };

    expect(await addEntries(desk.actor, list, [again])).toMatchObject([{ outcome: "changed" }]);
    expect(await addEntries(desk.actor, list, [again])).toMatchObject([{ outcome: "known" }]);
    const { entries } = await listEntries(desk.actor, list, { limit: 10, after: null });
    expect(entries).toMatchObject([{ value: "example.com", comment: "For good.", until: null }]);
  });

  it("turned to a warning lets through what it kept in, and deleted it is gone with its entries", async () => {
    const feed = await desk.addFeed();
    const list = await makeList(["example.com"]);
    await desk.run(feed, ["www.example.com"]);

    const turned = await updateAllowlist(desk.actor, list, { effect: "warn" });
    await rescreen();
    expect(await screened()).toEqual({ "www.example.com": null });
    expect((await listAllowlists(desk.actor, desk.team.id)).lists).toMatchObject([
      { effect: "warn", hits: 1 },
    ]);

    await deleteAllowlist(desk.actor, turned);
    await expect(getAllowlist(desk.actor, list.id)).rejects.toThrow("There is no such allowlist.");
    await rescreen();
    expect((await listAllowlists(desk.actor, desk.team.id)).lists).toEqual([]);
  });
});

describe("between teams", () => {
  it("one's list says nothing about another's values, and is not to be seen there", async () => {
    const other = await openFeedDesk({ server });
    const list = await makeList(["example.com"]);
    const feed = await other.addFeed();

    await other.run(feed, ["www.example.com"]);
    await rescreen(other);

    expect(await screened(other)).toEqual({ "www.example.com": null });
    await expect(getAllowlist(other.actor, list.id)).rejects.toThrow("There is no such allowlist.");
    expect((await listAllowlists(other.actor, other.team.id)).lists).toEqual([]);
  });

  it("a subscriber's own list keeps in what a shared feed brings, the owner's does not", async () => {
    const subscriber = await openFeedDesk({ server });
    const own = await makeList(["bad-site.net"], { of: subscriber });
    await makeList(["example.com"]);
    const feed = await desk.addFeed({ visibility: "everyone" });
    await desk.run(feed, ["www.example.com", "bad-site.net"]);

    const subscription = await subscribe(
      subscriber.actor,
      { ...subscriber.team, role: "owner" },
      { feedId: feed.id, policy: subscriptionPolicySchema.parse({ maxTlp: "amber+strict" }) },
    );
    const waiting = await asTeam(subscriber.team.id, (tx) =>
      tx.feedRun.findFirstOrThrow({ where: { feedId: subscription.id }, select: { id: true } }),
    );
    await subscriber.carryOut(waiting.id);

    expect((await getRun(subscriber.actor, waiting.id)).counts).toMatchObject({ added: 1, allowlisted: 1 });
    expect(await screened(subscriber)).toEqual({ "www.example.com": null, "bad-site.net": `list:${own.id}` });
  });

  it("a list of the installation holds for every team, and only an administrator may make it", async () => {
    const input = { name: randomUUID(), match: "hostname", effect: "stop" } as const;
    await expect(createAllowlist(desk.actor, null, input)).rejects.toThrow(AppError);

    const administrator = await makeActor([], { isAdministrator: true });
    const list = await createAllowlist(administrator, null, input);
    const feed = await desk.addFeed();
    await desk.run(feed, ["www.example.org"]);
    expect(await checkEntries(administrator, list, ["example.org"])).toMatchObject({ matched: 1, teams: 1 });
    await addEntries(administrator, list, [{ value: "example.org", comment: "Everybody's.", until: null }]);

    await rescreen();

    expect(await screened()).toEqual({ "www.example.org": `list:${list.id}` });
    await expect(removeEntry(desk.actor, list, "example.org")).rejects.toThrow("only an administrator");
    await deleteAllowlist(administrator, list);
    await asSystem("administration", (tx) => tx.team.updateMany({ data: { screenedVersion: 0 } }));
    await rescreen();
    expect(await screened()).toEqual({ "www.example.org": null });
  });
});

describe("what must hold of lists whoever writes them", () => {
  it("an entry has the team of its list, and a list keeps its team", async () => {
    const { id } = await makeList(["ours.net"]);
    const other = await openFeedDesk({ server });
    const write = (sql: string, values: readonly unknown[]) =>
      asSystem("administration", (tx) => tx.$executeRawUnsafe(sql, ...values));
    const insert = `INSERT INTO allowlist_entry (id, allowlist_id, team_id, value, comment, created_by, created_by_name)
      VALUES (gen_random_uuid(), $1::uuid, $2::uuid, $3, 'x', gen_random_uuid(), 'x')`;

    await expect(write(insert, [id, other.team.id, "a.net"])).rejects.toThrow("the team of its list");
    await expect(write(insert, [id, null, "b.net"])).rejects.toThrow("the team of its list");
    await expect(
      write("UPDATE allowlist SET team_id = $2::uuid WHERE id = $1::uuid", [id, other.team.id]),
    ).rejects.toThrow("keeps its team");
    expect(await write(insert, [id, desk.team.id, "c.net"])).toBe(1);
  });

  it("a list that somebody deleted meanwhile says so to whoever changes it", async () => {
    const list = await makeList(["ours.net"]);
    await deleteAllowlist(desk.actor, list);
    const attempts = [
      () => updateAllowlist(desk.actor, list, { effect: "warn" }),
      () => deleteAllowlist(desk.actor, list),
      () => addEntries(desk.actor, list, [{ value: "a.net", comment: "x", until: null }]),
      () => removeEntry(desk.actor, list, "ours.net"),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow("deleted the list");
  });

  it("many entries are taken in one go, each with its fate, the same as was said before", async () => {
    const list = await makeList(["known.net"]);
    const values = [
      ...Array.from({ length: 3_000 }, (_, n) => `h${String(n)}.net`),
      "KNOWN.net",
      "h1.net",
      "co.uk",
    ];
    const { entries, matched } = await checkEntries(desk.actor, list, values);
    const added = await addEntries(
      desk.actor,
      list,
      values.map((value) => ({ value, comment: "Ours.", until: null })),
    );

    expect(added.map(({ id, ...fate }) => fate)).toEqual(entries);
    expect(matched).toBe(0);
    expect(added.filter(({ outcome, id }) => outcome === "added" && id !== null)).toHaveLength(3_000);
    expect(added.slice(-3).map(({ outcome }) => outcome)).toEqual(["known", "known", "rejected"]);
    const audited = await asTeam(desk.team.id, (tx) =>
      tx.auditEntry.count({ where: { subjectId: list.id, action: "allowlist.entry.add" } }),
    );
    expect(audited).toBe(16);
  });

  it("a check ends in time and says that it did not see everything", async () => {
    const list = await makeList([], { match: "substring" });
    await addLocalIndicators(desk.actor, access(), [{ value: "some-name.net" }]);

    const check = (longestMs: number) => checkEntries(desk.actor, list, ["some-name"], { longestMs });
    expect(await check(60_000)).toMatchObject({ isPartial: false, matched: 1 });
    expect(await check(-1)).toMatchObject({ isPartial: true, matched: 1 });
  });

  it("a check does not wait for a statement that takes longer than there is time", async () => {
    const list = await makeList([], { match: "cidr" });
    const check = await bulkAsTeam(desk.team.id, async (client) => {
      await client.query("LOCK TABLE team_indicator IN ACCESS EXCLUSIVE MODE");
      return checkEntries(desk.actor, list, ["45.155.205.0/24"], { longestMs: 300 });
    });
    expect(check).toMatchObject({ isPartial: true, matched: 0 });
  });

  it("a check works out no networks of many addresses for longer than there is time", async () => {
    const list = await makeList([], { match: "cidr" });
    const entries = Array.from({ length: 6_000 }, (_, n) => `2a0e:${(n + 1).toString(16)}:1:2:3:4:5:6`);
    const check = await checkEntries(desk.actor, list, entries, { longestMs: 100 });
    expect(check).toMatchObject({ isPartial: true });
  });
});

describe("what follows a screening", () => {
  const teamRow = () =>
    asSystem("scheduling", (tx) => tx.team.findUniqueOrThrow({ where: { id: desk.team.id } }));

  it("plans are due where a list allowed Audit at most and does so no more", async () => {
    await addLocalIndicators(desk.actor, access(), [{ value: "watched.net" }]);
    const list = await makeList(["watched.net"], { effect: "audit-only" });
    await rescreen();
    const { changeCount } = await teamRow();

    await updateAllowlist(desk.actor, list, { effect: "warn" });
    await rescreen();
    expect((await teamRow()).changeCount).toBeGreaterThan(changeCount);
    const settled = (await teamRow()).changeCount;
    await updateAllowlist(desk.actor, list, { name: randomUUID() });
    await rescreen();
    expect((await teamRow()).changeCount).toBe(settled);
  });

  it("a worker of another version than the installation goes by leaves the team as not screened", async () => {
    await makeList(["ours.net"]);
    const setting = { key: "screening.product-lists", value: "of a newer version" };
    await asSystem("scheduling", (tx) =>
      tx.setting.upsert({ where: { key: setting.key }, create: setting, update: setting }),
    );
    try {
      const before = await teamRow();
      expect(await rescreen()).toBe(0);
      expect((await teamRow()).screenedVersion).toBe(before.screenedVersion);
      expect((await openScreenerOf(desk.team.id)).version).not.toBe(before.screeningVersion);
    } finally {
      await asSystem("scheduling", (tx) => tx.setting.delete({ where: { key: setting.key } }));
    }
    await rescreen();
    const after = await teamRow();
    expect(after.screenedVersion).toBe(after.screeningVersion);
  });
});
