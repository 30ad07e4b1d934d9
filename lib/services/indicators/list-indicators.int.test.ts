import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { INDICATOR_SORTS, indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { countIndicators } from "./count-indicators";
import { listIndicators, type Cursor } from "./list-indicators";
import { withdrawIndicator } from "./withdraw-indicator";

const database = useTestDatabase();
const SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const DAY_MS = 86_400_000;

let team: TestTeam;
let other: TestTeam;
let ann: Actor;
let ben: Actor;
let stranger: Actor;
beforeAll(async () => {
  team = await makeTeam("Finders");
  other = await makeTeam("Others");
  ann = await makeActor([[team, "analyst"]]);
  ben = await makeActor([[team, "analyst"]]);
  stranger = await makeActor([[other, "analyst"]]);
  const soon = new Date(Date.now() + 3 * DAY_MS).toISOString();
  const later = new Date(Date.now() + 40 * DAY_MS).toISOString();
  await add(ann, [
    { value: "45.155.205.7", confidence: 90, tlp: "green", tags: ["Campaign 7"], validUntil: soon },
    { value: "45.155.205.0/24", validUntil: later },
    { value: "45.155.0.0/16" },
    { value: "45.156.0.1" },
    { value: "2a01:4f8::/32" },
    { value: "2a01:4f8:1::7" },
    { value: "evil-example.com", tlp: "red", confidence: 20 },
    { value: "login.evil-example.com" },
    { value: "notevil-example.com" },
    { value: "evil-example.com.other.net" },
  ]);
  await add(ben, [
    { value: "https://cdn.evil-example.com:8443/Gate.php?id=100%25_x" },
    { value: "https://safe-example.org/?next=evil-example.com" },
    { value: "joe@mail.evil-example.com" },
    { value: SHA1 },
    { value: SHA1, type: "cert-sha1" },
    { value: "d41d8cd98f00b204e9800998ecf8427e", tags: ["Campaign 7"] },
    { value: "10.0.0.5" },
  ]);
  await add(stranger, [
    { value: "45.155.205.99" },
    { value: "only.evil-example.com" },
    { value: "hidden-name.net", tags: ["Campaign 7"] },
  ]);
});

const add = async (actor: Actor, items: readonly unknown[]): Promise<void> => {
  const [mine] = actor.teams;
  if (!mine) throw new Error("The actor has no team.");
  const answers = await addLocalIndicators(actor, mine, items);
  expect(answers.map(({ outcome }) => outcome)).not.toContain("rejected");
};

const optionsOf = (given: Record<string, unknown>, actor: Actor = ann) => ({
  teamIds: actor.teams.map(({ id }) => id),
  filter: indicatorFilterSchema.parse(given),
});
const find = async (given: Record<string, unknown>, actor: Actor = ann): Promise<string[]> => {
  const options = optionsOf({ sort: "value", ...given }, actor);
  const { indicators } = await listIndicators(actor, { ...options, limit: 100, cursor: null });
  const { count } = await countIndicators(actor, options);
  expect(count).toBe(indicators.length);
  return indicators.map(({ value }) => value);
};

describe("a text in the search box", () => {
  it.each([
    ["45.155.205.0/24", ["45.155.0.0/16", "45.155.205.0/24", "45.155.205.7"]],
    ["45[.]155[.]205[.]7", ["45.155.0.0/16", "45.155.205.0/24", "45.155.205.7"]],
    ["45.0.0.0/8", ["45.155.0.0/16", "45.155.205.0/24", "45.155.205.7", "45.156.0.1"]],
    ["45.155.205.128/25", ["45.155.0.0/16", "45.155.205.0/24"]],
    ["2a01:4f8:1::/48", ["2a01:4f8:1::7", "2a01:4f8::/32"]],
    [
      "evil-example[.]com",
      [
        "evil-example.com",
        "https://cdn.evil-example.com:8443/Gate.php?id=100%25_x",
        "joe@mail.evil-example.com",
        "login.evil-example.com",
      ],
    ],
    ["*.login.evil-example.com", ["login.evil-example.com"]],
    [SHA1.toUpperCase(), [SHA1, SHA1]],
    ["DA39A3EE", [SHA1, SHA1]],
    ["d41d8", ["d41d8cd98f00b204e9800998ecf8427e"]],
    [
      "EVIL-EXAMPLE",
      [
        "evil-example.com",
        "evil-example.com.other.net",
        "https://cdn.evil-example.com:8443/Gate.php?id=100%25_x",
        "https://safe-example.org/?next=evil-example.com",
        "joe@mail.evil-example.com",
        "login.evil-example.com",
        "notevil-example.com",
      ],
    ],
    ["gate.PHP", ["https://cdn.evil-example.com:8443/Gate.php?id=100%25_x"]],
    ["100%25_", ["https://cdn.evil-example.com:8443/Gate.php?id=100%25_x"]],
    ["10_%25", []],
    ["hxxps://safe-example[.]org/", ["https://safe-example.org/?next=evil-example.com"]],
    ["45.15", ["45.155.0.0/16", "45.155.205.0/24", "45.155.205.7", "45.156.0.1"]],
  ])("finds for %s what it asks for, in every order", async (q, expected) => {
    expect(await find({ q })).toEqual(expected);
    for (const sort of INDICATOR_SORTS)
      expect((await find({ q, sort })).sort()).toEqual([...expected].sort());
  });

  it.each(["45.155.205.99", "only.evil-example.com", "hidden-name.net", "hidden-name", "hidden"])(
    "never tells of %s, which only another team has",
    async (q) => {
      expect(await find({ q })).not.toContain(q);
      expect(await find({ q, type: ["domain"] })).toEqual([]);
      expect((await find({ q }, stranger)).length).toBeGreaterThan(0);
      const asked = { ...optionsOf({ q: "hidden-name" }), teamIds: [other.id] };
      expect((await listIndicators(ann, { ...asked, limit: 10, cursor: null })).indicators).toEqual([]);
      expect(await countIndicators(ann, asked)).toEqual({ count: 0, isExact: true });
    },
  );
});

describe("filters", () => {
  it("take several choices each, and hold all at once", async () => {
    expect(await find({ type: ["ipv4", "ipv4-cidr"], q: "45.155.0.0/16" })).toEqual([
      "45.155.0.0/16",
      "45.155.205.0/24",
      "45.155.205.7",
    ]);
    expect(await find({ tlp: ["green", "red"] })).toEqual(["45.155.205.7", "evil-example.com"]);
    expect(await find({ tlp: ["green", "red"], type: "domain" })).toEqual(["evil-example.com"]);
    expect(await find({ type: "email", q: "45.155.0.0/16" })).toEqual([]);
    expect(await find({ feed: randomUUID() })).toEqual([]);
  });

  it("narrow by confidence, tag and end", async () => {
    expect(await find({ minConfidence: 90 })).toEqual(["45.155.205.7"]);
    expect(await find({ tag: "Campaign 7" })).toEqual(["45.155.205.7", "d41d8cd98f00b204e9800998ecf8427e"]);
    expect(await find({ expiringWithinDays: 7 })).toEqual(["45.155.205.7"]);
    expect(await find({ expiringWithinDays: 60 })).toEqual(["45.155.205.0/24", "45.155.205.7"]);
    expect((await find({ sort: "validUntil" })).slice(0, 2)).toEqual(["45.155.205.7", "45.155.205.0/24"]);
  });

  it("narrow by who added it, also after the run that says so has gone", async () => {
    expect(await find({ addedBy: ben.userId, type: "email" })).toEqual(["joe@mail.evil-example.com"]);
    expect(await find({ addedBy: ann.userId })).toHaveLength(10);
    expect(await find({ addedBy: stranger.userId })).toEqual([]);

    await database.asOwner((client) =>
      client.query("DELETE FROM feed_run WHERE requested_by = $1", [ben.userId]),
    );
    expect(await find({ addedBy: ben.userId })).toHaveLength(7);
  });

  it("narrow by state, several at once", async () => {
    const { indicators } = await listIndicators(ann, {
      ...optionsOf({ q: "45.156.0.1" }),
      limit: 1,
      cursor: null,
    });
    const [mine] = ann.teams;
    if (!mine) throw new Error("no team");
    await withdrawIndicator(ann, mine, { indicatorId: indicators[0]?.id ?? "", reason: "a test" });

    expect(await find({ state: "withdrawn" })).toEqual(["45.156.0.1"]);
    expect(await find({ state: ["withdrawn", "allowlisted"] })).toEqual([
      "10.0.0.5",
      "45.156.0.1",
      "d41d8cd98f00b204e9800998ecf8427e",
      "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ]);
  });

  it("narrow by what became of it at any destination of the team", async () => {
    await database.asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `WITH made AS (INSERT INTO destination (id, kind, cloud, tenant_id, source_system)
           VALUES (gen_random_uuid(), 'defender', 'sandbox', gen_random_uuid(), 'test') RETURNING id)
         INSERT INTO connector (id, team_id, destination_id, name, kind, client_id)
         SELECT gen_random_uuid(), $1, id, 'Defender', 'defender', gen_random_uuid() FROM made RETURNING id`,
        [team.id],
      );
      await client.query(
        `INSERT INTO receipt (connector_id, indicator_id, team_id, state)
         SELECT $1, id, $2, CASE value WHEN 'evil-example.com' THEN 'failed' ELSE 'visible' END::receipt_state
         FROM indicator WHERE value IN ('evil-example.com', '45.155.205.7')`,
        [rows[0]?.id, team.id],
      );
    });

    expect(await find({ destinationState: "failed" })).toEqual(["evil-example.com"]);
    expect(await find({ destinationState: ["failed", "visible"], sort: "-value" })).toEqual([
      "evil-example.com",
      "45.155.205.7",
    ]);
    expect(await find({ destinationState: "visible", q: "evil-example.com" })).toEqual([]);
  });
});

describe("a large team", () => {
  let large: TestTeam;
  let reader: Actor;
  beforeAll(async () => {
    large = await makeTeam("Large");
    reader = await makeActor([[large, "viewer"]]);
    await database.asOwner(async (client) => {
      await client.query(
        `WITH made AS (INSERT INTO indicator (key, type, value)
           SELECT gen_random_uuid(), 5, 'n' || n || '.large-example.com' FROM generate_series(1, 20000) AS n RETURNING id, value)
         INSERT INTO team_indicator (team_id, indicator_id, type, active, confidence, tlp, tags, feed_ids, first_seen, last_seen,
           valid_until, added_at, changed_at)
         SELECT $1, id, 5, TRUE, id % 50, 1, CASE WHEN id % 5000 = 0 THEN '{rare}' ELSE '{}' END::text[], '{}', now(),
           now() - (id % 977) * interval '1 hour', CASE WHEN id % 3 = 0 THEN now() + (id % 100) * interval '1 day' END,
           now() - (id % 90) * interval '1 day', now()
         FROM made`,
        [large.id],
      );
      await client.query("UPDATE team SET merged_at = now() WHERE id = $1", [large.id]);
      await client.query("ANALYZE team_indicator; ANALYZE indicator");
    });
  });

  it.each(INDICATOR_SORTS)(
    "is paged through by %s whether rows that match are rare or many",
    async (sort) => {
      for (const given of [
        { tag: "rare" },
        { tag: "rare", q: "large-example" },
        { minConfidence: 48, q: "large-example.com" },
      ]) {
        const options = optionsOf({ ...given, sort }, reader);
        const all = await listIndicators(reader, { ...options, limit: 2_000, cursor: null });
        const paged: string[] = [];
        const size = all.indicators.length > 10 ? 300 : 3;
        let cursor: Cursor | null = null;
        do {
          const page: Awaited<ReturnType<typeof listIndicators>> = await listIndicators(reader, {
            ...options,
            limit: size,
            cursor,
          });
          paged.push(...page.indicators.map(({ value }) => value));
          cursor = page.next;
        } while (cursor);

        expect(all.indicators.length).toBe("tag" in given ? 4 : 800);
        expect(paged).toEqual(all.indicators.map(({ value }) => value));
        expect(await countIndicators(reader, options)).toEqual({ count: paged.length, isExact: true });
      }
    },
  );

  it("stands beside a small one in the list of who reads both", async () => {
    await addMember(large, { id: ann.userId }, "viewer");
    const both: Actor = { ...ann, teams: [...ann.teams, ...reader.teams] };

    expect(await find({ q: "evil-example.com", sort: "-addedAt" }, both)).toHaveLength(4);
    const { indicators } = await listIndicators(both, {
      ...optionsOf({ sort: "value", type: "domain" }, both),
      limit: 5,
      cursor: null,
    });
    expect(indicators.map((row) => row.team)).toEqual(["finders", "finders", "finders", "large", "large"]);
  });
});
