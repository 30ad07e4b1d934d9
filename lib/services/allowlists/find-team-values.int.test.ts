import { beforeAll, describe, expect, it } from "vitest";

import { bulkAsTeam } from "@/lib/db/scope";
import type { AllowlistMatch } from "@/lib/domain/screening/allowlist";
import { createMatcher } from "@/lib/domain/screening/matcher";
import { someValues, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam, type TestTeam } from "@/lib/testing/people";

import { findTeamValues, keysAround } from "./find-team-values";
import { readTeamValues } from "./read-team-values";

useTestDatabase();
let team: TestTeam;

const VALUES: readonly Vouched[] = [
  { type: "domain", value: "bad-site.net" },
  { type: "domain", value: "www.bad-site.net" },
  { type: "domain", value: "notbad-site.net" },
  { type: "domain", value: "bad-site.net.example.org" },
  { type: "domain", value: "evil.co.uk" },
  { type: "domain", value: "a.deep.evil.co.uk" },
  { type: "url", value: "http://www.bad-site.net:8080/x" },
  { type: "url", value: "http://45.155.205.9/x" },
  { type: "url", value: "http://45.155.206.9:81/x" },
  { type: "url", value: "http://[2a02:6b8::1]/x" },
  { type: "url", value: "http://[2a03:6b8::1]:80/x" },
  { type: "email", value: "someone@bad-site.net" },
  { type: "ipv4", value: "45.155.205.9" },
  { type: "ipv4", value: "45.155.206.9" },
  { type: "ipv4-cidr", value: "45.155.205.0/25" },
  { type: "ipv4-cidr", value: "45.155.0.0/16" },
  { type: "ipv4-cidr", value: "45.156.0.0/16" },
  { type: "ipv6", value: "2a02:6b8::1" },
  { type: "ipv6-cidr", value: "2a02:6b8::/32" },
  { type: "sha1", value: "da39a3ee5e6b4b0d3255bfef95601890afd80700" },
  { type: "cert-sha1", value: "da39a3ee5e6b4b0d3255bfef95601890afd80700" },
];

beforeAll(async () => {
  team = await makeTeam();
  await vouch(team, [...VALUES, ...someValues(200), ...someValues(200, "sha256")], { name: "List" });
  await vouch(await makeTeam(), [{ type: "domain", value: "other.bad-site.net" }], { name: "Theirs" });
});

const meet = (match: AllowlistMatch, entries: readonly string[], isLookedUp: boolean) =>
  bulkAsTeam(team.id, async (client) => {
    const matcher = createMatcher([{ id: "list", name: "List", match, effect: "stop", entries }]);
    const met: string[] = [];
    let read = 0;
    const values = isLookedUp
      ? findTeamValues(client, team.id, { match, entries })
      : readTeamValues(client, team.id);
    for await (const page of values) {
      read += page.length;
      for (const { type, value } of page)
        if (matcher.screen(type, value) !== null) met.push(`${type} ${value}`);
    }
    return { met: met.sort(), read };
  });

describe("what entries meet of a team's values", () => {
  it.each<[AllowlistMatch, string[], number]>([
    ["hostname", ["bad-site.net"], 4],
    ["hostname", ["deep.evil.co.uk", "www.bad-site.net"], 5],
    ["cidr", ["45.155.205.0/24"], 4],
    ["cidr", ["45.155.205.9"], 4],
    ["cidr", ["2a02::/16"], 3],
    ["cidr", ["2a00::/12"], 4],
    ["cidr", ["2a02:6b8::1"], 3],
    ["string", ["da39a3ee5e6b4b0d3255bfef95601890afd80700", "bad-site.net"], 3],
    ["substring", ["bad-site.net"], 6],
    ["regex", ["^http://45[.]"], 2],
  ])("is the same by index as among all of them: %s %s", async (match, entries, count) => {
    const all = await meet(match, entries, false);
    const found = await meet(match, entries, true);

    expect(found.met).toEqual(all.met);
    expect(found.met).toHaveLength(count);
  });

  it("is hardly more than what is met where there is an index, however much the team has", async () => {
    const read = await Promise.all([
      meet("hostname", ["bad-site.net"], true),
      meet("cidr", ["45.155.205.0/24"], true),
      meet("string", ["bad-site.net"], true),
    ]);
    expect(read.every((one) => one.read <= one.met.length + 3)).toBe(true);
  });
});

describe("working out the networks around many addresses", () => {
  it("lets others have a turn again and again", async () => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const keys = await keysAround(
      Array.from({ length: 500 }, (_, n) => `2a0e:${(n + 1).toString(16)}:1:2:3:4:5:6`),
    );
    isOver = true;
    expect(keys.length).toBeGreaterThan(40_000);
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});
