import { parse } from "csv-parse/sync";
import { beforeAll, expect, it } from "vitest";
import { z } from "zod";

import { database } from "@/lib/db/client";
import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { exportIndicators, type ExportFormat } from "./export-indicators";
import { withdrawIndicator } from "./withdraw-indicator";

useTestDatabase();
let team: TestTeam;
let actor: Actor;

const MANY = Array.from(
  { length: 1_203 },
  (_, index) => `45.${String(100 + Math.floor(index / 250))}.7.${String(index % 250)}`,
);

beforeAll(async () => {
  const other = await makeTeam();
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  const stranger = await makeActor([[other, "owner"]]);
  await addLocalIndicators(stranger, { ...other, role: "owner" }, [{ value: "only-theirs.net" }]);
  const access = { ...team, role: "owner" as const };
  await addLocalIndicators(
    actor,
    access,
    MANY.map((value) => ({ value })),
  );
  await addLocalIndicators(actor, access, [
    { value: "bad-site.net", tags: ["=HYPERLINK(1)"], tlp: "green", confidence: 90, comment: "Why" },
    { value: "gone-site.net" },
  ]);
  await withdrawIndicator(actor, access, {
    indicatorId: indicatorId("domain", "gone-site.net"),
    reason: "Wrong.",
  });
});

type Limit = Parameters<typeof exportIndicators>[2];
const openExport = (format: ExportFormat, filter: Record<string, unknown> = {}, limit?: Limit) =>
  exportIndicators(
    actor,
    { teamIds: [team.id], filter: indicatorFilterSchema.parse(filter), format, now: new Date() },
    limit,
  );
const exported = async (...what: Parameters<typeof openExport>): Promise<string> => {
  let text = "";
  for await (const piece of openExport(...what)) text += piece;
  return text;
};
const rowsSchema = z.array(z.record(z.string(), z.string()));

it("holds all pages of what is found and nothing else, each once and in order", async () => {
  const rows = rowsSchema.parse(
    parse(await exported("csv", { type: "ipv4", sort: "value" }), { columns: true, bom: true }),
  );
  expect(rows.map(({ value }) => value)).toEqual([...MANY].sort());
  const all = z.array(z.object({ value: z.string() })).parse(JSON.parse(await exported("json")));
  expect(all).toHaveLength(MANY.length + 2);
  expect(all.map(({ value }) => value)).not.toContain("only-theirs.net");
});

it("has no cell that a spreadsheet would take for a formula", async () => {
  const [row] = rowsSchema.parse(
    parse(await exported("csv", { q: "bad-site.net" }), { columns: true, bom: true }),
  );
  expect(row).toMatchObject({
    value: "bad-site.net",
    tags: "'=HYPERLINK(1)",
    tlp: "green",
    confidence: "90",
  });
});

it("is a STIX bundle whose objects are marked, and in which what was withdrawn has ended", async () => {
  const stix = z.object({
    type: z.literal("bundle"),
    id: z.string(),
    objects: z.array(z.looseObject({ type: z.string(), id: z.string() })),
  });
  const { objects } = stix.parse(JSON.parse(await exported("stix", { type: "domain" })));
  const byId = new Map(objects.map((one) => [one.id, one]));
  const live = byId.get(`indicator--${indicatorId("domain", "bad-site.net")}`);
  const gone = byId.get(`indicator--${indicatorId("domain", "gone-site.net")}`);

  expect(live).toMatchObject({ pattern: "[domain-name:value = 'bad-site.net']", labels: ["=HYPERLINK(1)"] });
  const [marking] = z.array(z.string()).parse(live?.["object_marking_refs"]);
  expect(byId.get(marking ?? "")).toMatchObject({ name: "TLP:GREEN" });
  expect(Date.parse(String(gone?.["valid_until"]))).toBeLessThanOrEqual(Date.now());
});

it("of nothing is a whole file all the same", async () => {
  const nothing = { q: "nobody-has-this.net" };
  expect(JSON.parse(await exported("json", nothing))).toEqual([]);
  expect(parse(await exported("csv", nothing), { columns: true, bom: true })).toEqual([]);
  expect(JSON.parse(await exported("stix", nothing))).toMatchObject({ type: "bundle" });
});

it("needs no second connection, so that exports do not wait for each other for ever", async () => {
  const { pool } = database();
  const others = await Promise.all(Array.from({ length: pool.options.max - 1 }, () => pool.connect()));
  try {
    expect(JSON.parse(await exported("json"))).toHaveLength(MANY.length + 2);
  } finally {
    for (const other of others) other.release();
  }
});

it("is refused with a sentence while four others run, and taken once one of them has ended", async () => {
  const running = Array.from({ length: 4 }, () => openExport("json"));
  for (const one of running) await one.next();

  await expect(openExport("json").next()).rejects.toThrow(
    expect.objectContaining({
      code: "throttled",
      message: "4 exports are running already. Wait until one of them has ended, then export again.",
    }),
  );
  await running[0]?.return();
  expect(JSON.parse(await exported("json"))).toHaveLength(MANY.length + 2);
  for (const one of running) await one.return();
});

it("is broken off when it takes too long, and leaves its place to others", async () => {
  for (let times = 0; times < 5; times += 1)
    await expect(exported("json", {}, { longestMs: -1 })).rejects.toThrow("longer than half an hour");
});
