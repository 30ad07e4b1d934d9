import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { INDICATOR_SORTS, indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { countIndicators } from "./count-indicators";
import { listIndicators, type Cursor } from "./list-indicators";
import { selectKeys, startWell, withFound } from "./list-indicators-matching";
import { queryOf } from "./list-indicators-rows";
import { toSearch } from "./list-indicators-search";

const database = useTestDatabase();
const LARGE = 130_000;

let large: TestTeam;
let reader: Actor;
let clerk: Actor;

beforeAll(async () => {
  large = await makeTeam("Large");
  const small = await makeTeam("Small");
  reader = await makeActor([[large, "viewer"]]);
  clerk = await makeActor([[small, "viewer"]]);
  await addHosts(small, 20, "crowd-example.com");
  await database.asOwner(async (client) => {
    await client.query(
      `WITH made AS (INSERT INTO indicator (key, type, value)
         SELECT gen_random_uuid(), 8, CASE WHEN n % 2 = 0 THEN 'aa' ELSE 'bb' END || left(md5(n::text), 30)
         FROM generate_series(1, $2::int) AS n RETURNING id)
       INSERT INTO team_indicator (team_id, indicator_id, type, active, confidence, tlp, tags, feed_ids, first_seen, last_seen,
         valid_until, added_at, changed_at)
       SELECT $1, id, 8, TRUE, id % 100, 1, '{}', '{}', now(), now(),
         CASE WHEN id % 1000 = 0 THEN now() + (id % 7) * interval '1 day' END, now(), now() FROM made`,
      [large.id, LARGE],
    );
    await client.query("UPDATE team SET merged_at = now()");
    await client.query("ANALYZE team_indicator; ANALYZE indicator");
  });
}, 120_000);

const addHosts = (team: TestTeam, many: number, domain: string): Promise<unknown> =>
  database.asOwner((client) =>
    client.query(
      `WITH made AS (INSERT INTO indicator (key, type, value)
         SELECT gen_random_uuid(), 5, 'n' || n || '-' || left($1::text, 4) || '.' || $3 FROM generate_series(1, $2::int) AS n RETURNING id)
       INSERT INTO team_indicator (team_id, indicator_id, type, active, confidence, tlp, tags, feed_ids, first_seen, last_seen,
         added_at, changed_at)
       SELECT $1::uuid, id, 5, TRUE, 50, 1, '{}', '{}', now(), now(), now(), now() FROM made`,
      [team.id, many, domain],
    ),
  );

const optionsOf = (actor: Actor, given: Record<string, unknown>) => ({
  teamIds: actor.teams.map(({ id }) => id),
  filter: indicatorFilterSchema.parse(given),
});

describe("a count", () => {
  it("is exact below 100,000", async () => {
    expect(await countIndicators(reader, optionsOf(reader, { minConfidence: 50 }))).toEqual({
      count: LARGE / 2,
      isExact: true,
    });
    expect(await countIndicators(reader, optionsOf(reader, { q: "aa" }))).toEqual({
      count: LARGE / 2,
      isExact: true,
    });
  });

  it.each([
    [{}, LARGE],
    [{ minConfidence: 10 }, LARGE * 0.9],
  ])("is about right above: of %o", async (given, expected) => {
    const { count, isExact } = await countIndicators(reader, optionsOf(reader, given));
    expect(isExact).toBe(false);
    expect(count).toBeGreaterThanOrEqual(100_000);
    expect(Math.abs(count - expected) / expected).toBeLessThan(0.1);
  });
});

it("rows without an end come after all that have one, each once", async () => {
  const ends: (Date | null)[] = [];
  const ids = new Set<string>();
  for (let cursor: Cursor | null = null; ends.length < 600;) {
    const page: Awaited<ReturnType<typeof listIndicators>> = await listIndicators(reader, {
      ...optionsOf(reader, { sort: "validUntil" }),
      limit: 50,
      cursor,
    });
    for (const { id, validUntil } of page.indicators) {
      ids.add(id);
      ends.push(validUntil);
    }
    cursor = page.next;
  }
  expect(ids.size).toBe(600);
  const given = ends.flatMap((end) => end ?? []);
  expect(given).toHaveLength(LARGE / 1000);
  expect(ends.slice(given.length).every((end) => end === null)).toBe(true);
  expect(given).toEqual([...given].sort((one, other) => one.getTime() - other.getTime()));
});

describe("what another team has", () => {
  const planSchema = z.tuple([
    z.object({
      "QUERY PLAN": z.tuple([
        z.object({ Plan: z.object({ "Shared Hit Blocks": z.number(), "Shared Read Blocks": z.number() }) }),
      ]),
    }),
  ]);

  /** How many pages of tables and indexes the statement of a list reads, wherever they are read from. */
  const pagesRead = (actor: Actor, given: Record<string, unknown>): Promise<number> => {
    const options = optionsOf(actor, given);
    const wanted = { ...options, search: toSearch(options.filter) };
    return asActor(actor, (tx) =>
      startWell(queryOf(tx), wanted, async (start) => {
        const explained = await tx.$queryRaw(Prisma.sql`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)
          ${withFound(wanted, start)} ${selectKeys(wanted, start, null)}`);
        const [
          {
            "QUERY PLAN": [{ Plan: plan }],
          },
        ] = planSchema.parse(explained);
        return { found: 0, result: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] };
      }),
    );
  };

  it("neither shows in what is found and counted, nor has more read for it", async () => {
    const sorts = INDICATOR_SORTS.filter((sort) => !sort.includes("value"));
    const before = new Map<string, number>();
    for (const sort of sorts) before.set(sort, await pagesRead(clerk, { q: "crowd-example", sort }));

    await addHosts(large, 30_000, "crowd-example.com");
    await database.asOwner((client) => client.query("ANALYZE indicator; ANALYZE team_indicator"));

    for (const sort of sorts)
      expect(await pagesRead(clerk, { q: "crowd-example", sort })).toBeLessThan(
        2 * (before.get(sort) ?? 0) + 20,
      );
    const options = optionsOf(clerk, { q: "crowd-example" });
    expect(await countIndicators(clerk, options)).toEqual({ count: 20, isExact: true });
    const { indicators } = await listIndicators(clerk, { ...options, limit: 100, cursor: null });
    expect(indicators).toHaveLength(20);
    expect(new Set(indicators.map(({ team }) => team))).toEqual(new Set(["small"]));
  });
});
