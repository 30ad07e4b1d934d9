import { beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { countIndicators } from "./count-indicators";
import { listIndicators } from "./list-indicators";
import { traceIndicator } from "./trace-indicator";
import { withdrawIndicator } from "./withdraw-indicator";

useTestDatabase();

let teamA: TestTeam;
let teamB: TestTeam;
let analystA: Actor;
let analystB: Actor;
beforeAll(async () => {
  teamA = await makeTeam("Team A");
  teamB = await makeTeam("Team B");
  analystA = await makeActor([[teamA, "analyst"]]);
  analystB = await makeActor([[teamB, "analyst"]]);
});

const teamOf = (actor: Actor) => {
  const [team] = actor.teams;
  if (!team) throw new Error("The actor has no team.");
  return team;
};
const add = (actor: Actor, items: readonly unknown[]) => addLocalIndicators(actor, teamOf(actor), items);
const list = async (actor: Actor, filter: Record<string, unknown> = {}, limit = 100) => {
  const options = { teamIds: actor.teams.map(({ id }) => id), limit, cursor: null };
  return listIndicators(actor, { ...options, filter: indicatorFilterSchema.parse(filter) });
};

describe("a team's own list", () => {
  it("takes the good ones of ten pasted values and says why two are bad", async () => {
    const answers = await add(analystA, [
      { value: "123[.]123[.]123[.]123", comment: "TeamA" },
      { value: "hxxps://login.evil-example[.]com/a", comment: "TeamA" },
      { value: "evil-example[.]net" },
      { value: "EVIL-EXAMPLE.NET" },
      { value: "9e107d9d372bb6826bd81d3542a419d6" },
      { value: "198.18.0.0/15" },
      { value: "not an indicator" },
      { value: "host.invalidtld" },
      { value: "10.0.0.5" },
      { value: "45.155.205.0/24", confidence: 90, tlp: "green", tags: ["campaign"] },
    ]);

    expect(answers.map(({ outcome }) => outcome)).toEqual([
      "added",
      "added",
      "added",
      "duplicate",
      "added",
      "allowlisted",
      "rejected",
      "rejected",
      "allowlisted",
      "added",
    ]);
    expect(answers[0]).toMatchObject({ type: "ipv4", value: "123.123.123.123", reason: null });
    for (const { outcome, reason } of answers) expect(reason === null).toBe(outcome === "added");
  });

  it("changes what is added again with another comment, and leaves what is the same", async () => {
    expect(await add(analystA, [{ value: "evil-example.net" }])).toMatchObject([{ outcome: "unchanged" }]);
    expect(await add(analystA, [{ value: "evil-example.net", comment: "seen again" }])).toMatchObject([
      { outcome: "changed" },
    ]);
  });

  it.each([
    [{ value: "" }, "Give a value"],
    [{ value: "1.2.3.4", confidence: 101 }, "100"],
    [{ value: "1.2.3.4", type: "domain" }, "is of the type ipv4"],
    [{ value: "1.2.3.4", validUntil: "2020-01-01T00:00:00Z" }, "in the past"],
    [{ value: "1.2.3.4", team_id: "x" }, "team_id"],
    ["1.2.3.4", "object"],
  ])("refuses %j by itself", async (item, reason) => {
    const [answer] = await add(analystA, [item]);

    expect(answer?.outcome).toBe("rejected");
    expect(answer?.reason).toContain(reason);
  });
});

describe("finding", () => {
  it("finds a value in any spelling, and by its beginning", async () => {
    for (const q of ["123.123.123.123", "123[.]123[.]123[.]123", "123.123.1"]) {
      const { indicators } = await list(analystA, { q });
      expect(indicators.map(({ value }) => value)).toEqual(["123.123.123.123"]);
    }
  });

  it("tells the states apart and counts them", async () => {
    const teamIds = [teamA.id];
    const filter = indicatorFilterSchema.parse({ state: "allowlisted" });

    expect(await countIndicators(analystA, { teamIds, filter })).toEqual({ count: 2, isExact: true });
    expect(
      (await list(analystA, { state: "allowlisted" })).indicators.map(({ value }) => value).sort(),
    ).toEqual(["10.0.0.5", "198.18.0.0/15"]);
  });

  it.each(["-addedAt", "addedAt", "value", "-value", "-lastSeen", "-confidence"] as const)(
    "pages through all of them, sorted by %s, none twice and none left out",
    async (sort) => {
      const all = (await list(analystA, { sort })).indicators.map(({ value }) => value);
      const paged: string[] = [];
      let cursor: Awaited<ReturnType<typeof listIndicators>>["next"] = null;
      do {
        const filter = indicatorFilterSchema.parse({ sort });
        const page: Awaited<ReturnType<typeof listIndicators>> = await listIndicators(analystA, {
          teamIds: [teamA.id],
          filter,
          limit: 2,
          cursor,
        });
        paged.push(...page.indicators.map(({ value }) => value));
        cursor = page.next;
      } while (cursor);

      expect(paged).toEqual(all);
      expect(all).toHaveLength(7);
    },
  );

  it("traces a value to the list, the run and the person", async () => {
    const { indicators } = await list(analystA, { q: "123.123.123.123" });
    const trace = await traceIndicator(analystA, indicators[0]?.id ?? "");

    expect(trace).toMatchObject({
      type: "ipv4",
      value: "123.123.123.123",
      states: [{ team: "team-a", state: "active" }],
      attributions: [
        {
          feed: { name: "Local indicators", kind: "local" },
          line: 1,
          comment: "TeamA",
          addedBy: analystA.name,
        },
      ],
      receipts: [],
    });
  });

  it("shows another team nothing: no row, no trace, no count", async () => {
    const { indicators } = await list(analystA, { q: "123.123.123.123" });

    expect((await list(analystB)).indicators).toEqual([]);
    await expect(traceIndicator(analystB, indicators[0]?.id ?? "")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("keeps each team's word on one value apart", async () => {
    await add(analystB, [{ value: "123.123.123.123", comment: "TeamB", tlp: "red" }]);
    const ofA = await list(analystA, { q: "123.123.123.123" });
    const ofB = await list(analystB, { q: "123.123.123.123" });

    expect(ofA.indicators[0]?.id).toBe(ofB.indicators[0]?.id);
    expect(ofA.indicators[0]).toMatchObject({ tlp: "amber" });
    const trace = await traceIndicator(analystB, ofB.indicators[0]?.id ?? "");
    expect(trace.attributions).toMatchObject([{ team: "team-b", comment: "TeamB", tlp: "red" }]);
    expect(JSON.stringify(trace)).not.toContain("TeamA");
  });
});

describe("withdrawing", () => {
  it("ends the team's own claim, says why on the trace, and touches no other team", async () => {
    const { indicators } = await list(analystA, { q: "123.123.123.123" });
    const id = indicators[0]?.id ?? "";

    await withdrawIndicator(analystA, teamOf(analystA), { indicatorId: id, reason: "A false positive" });

    expect((await list(analystA, { q: "123.123.123.123" })).indicators).toMatchObject([
      { state: "withdrawn" },
    ]);
    expect((await list(analystB, { q: "123.123.123.123" })).indicators).toMatchObject([{ state: "active" }]);
    await expect(
      withdrawIndicator(analystA, teamOf(analystA), { indicatorId: id, reason: "again" }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  it("is undone by adding the value again", async () => {
    expect(await add(analystA, [{ value: "123.123.123.123", comment: "it was real" }])).toMatchObject([
      { outcome: "added" },
    ]);
    expect((await list(analystA, { q: "123.123.123.123" })).indicators).toMatchObject([{ state: "active" }]);
  });

  it("refuses a value that the team does not have", async () => {
    const { indicators } = await list(analystA, { q: "evil-example.net" });

    await expect(
      withdrawIndicator(analystB, teamOf(analystB), { indicatorId: indicators[0]?.id ?? "", reason: "x" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
