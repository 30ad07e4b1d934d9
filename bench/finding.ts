import { Client } from "pg";

import type { Actor } from "@/lib/domain/access/actor";
import { INDICATOR_SORTS, indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { addMember, makeActor, type TestTeam } from "@/lib/testing/people";
import { countIndicators } from "@/lib/services/indicators/count-indicators";
import { exportIndicators } from "@/lib/services/indicators/export-indicators";
import { listIndicators, type Cursor } from "@/lib/services/indicators/list-indicators";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";

import { seedScenario } from "./finding-seed";
import { median, percentile95, timed, type Figure } from "./lib";
import { openListPage } from "./list-page";

const PAGE_SIZE = 50;
const ROUNDS = 8;
const LOOK_UPS = 100;

/**
 * Finding among two million values that twenty teams have five million times, for the largest team, one of the usual size and the
 * smallest: each filter in each order, first and 100th page, how many there are, each kind of text; where a value came from; the
 * page as the product's server sends it; and taking all of it away.
 */
export const benchFinding = async (ownerUrl: string, scale: number): Promise<Figure[]> => {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const analyst = await makeActor();
    const seeded = await timed(() => seedScenario(owner, scale, analyst.userId));
    const { teams, values, attributions } = seeded.result;
    const note = `${values.toLocaleString("en")} values, ${attributions.toLocaleString("en")} attributions`;
    const figures: Figure[] = [{ name: "The scenario, made", value: seeded.ms / 1000, unit: "s", note }];
    for (const team of teams) figures.push(...(await benchTeam(owner, team, analyst)));
    return figures;
  } finally {
    await owner.end();
  }
};

const benchTeam = async (owner: Client, team: TestTeam, analyst: Actor): Promise<Figure[]> => {
  await addMember(team, { id: analyst.userId }, "analyst");
  const actor = { ...analyst, teams: [{ ...team, role: "analyst" as const }] };
  const { rows } = await owner.query<{ size: number; list: string; sample: string[] }>(
    `SELECT count(*)::int AS size, (SELECT id FROM feed WHERE team_id = $1 AND name = 'List 2') AS list,
       (SELECT array_agg(value) FROM (SELECT i.value FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
          WHERE t.team_id = $1 AND t.indicator_id % 1009 = 0 LIMIT ${String(LOOK_UPS)}) known) AS sample
     FROM team_indicator WHERE team_id = $1`,
    [team.id],
  );
  const [{ size, list, sample } = { size: 0, list: "", sample: [] }] = rows;
  const of = `${size.toLocaleString("en")}:`;
  const ask = await openListPage(actor);
  const figures: Figure[] = [];
  for (const [name, filter] of Object.entries(filtersOf(list, analyst.userId)))
    figures.push(...(await benchFilter(actor, `${of} ${name}`, filter, ask)));
  figures.push(await benchTexts(actor, `${of} a value, looked up`, sample, 20));
  for (const [name, texts] of Object.entries(TEXTS))
    figures.push(await benchTexts(actor, `${of} ${name}`, texts, 300));
  figures.push(await benchTrace(owner, actor, of), await benchExport(actor, of));
  return figures;
};

const filtersOf = (list: string, userId: string): Record<string, Record<string, unknown>> => ({
  "no filter": {},
  "one type": { type: "url" },
  "a rare type": { type: "email" },
  "one list": { feed: list },
  "TLP amber": { tlp: "amber" },
  "TLP red, one in a hundred": { tlp: "red" },
  "confidence of 70": { minConfidence: 70 },
  "confidence of 99, rare": { minConfidence: 99 },
  active: { state: "active" },
  withdrawn: { state: "withdrawn" },
  allowlisted: { state: "allowlisted" },
  "visible at a destination": { destinationState: "visible" },
  "failed at a destination": { destinationState: "failed" },
  "one tag in five hundred": { tag: "campaign-77" },
  "a rare tag": { tag: "rare" },
  "added by somebody": { addedBy: userId },
  "expiring within a week": { expiringWithinDays: 7 },
});

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "inside or around a network": [
    "45.0.0.0/8",
    "100.64.0.0/10",
    "45.12.0.0/16",
    "45.12.77.0/24",
    "2a01:1fff::/32",
  ],
  "a domain and what is below it": [
    "host-8.example.com",
    "example.com",
    "pages-127.example.net",
    "mail-23.example.org",
  ],
  "a rare piece of a value": ["abc12f", "login.php?id=abc1", "f00dcafe"],
  "a common piece of a value": ["host-8", "/login", ".php?id=", "example"],
  "a piece that no value has": ["qqqqq", "not-there", "zzz"],
  "how a value begins": ["45.12.", "d41d", "https://abc", "00ff"],
};

const benchFilter = async (
  actor: Actor,
  name: string,
  given: Record<string, unknown>,
  ask: (query: string) => Promise<number>,
): Promise<Figure[]> => {
  const pages: Record<"first" | "hundredth", { sort: string; times: number[] }[]> = {
    first: [],
    hundredth: [],
  };
  for (const sort of INDICATOR_SORTS) {
    const filter = indicatorFilterSchema.parse({ ...given, sort });
    const list = (cursor: Cursor | null, limit: number) =>
      listIndicators(actor, { teamIds: actor.teams.map(({ id }) => id), filter, limit, cursor });
    const { next } = await list(null, PAGE_SIZE * 99);
    pages.first.push({ sort, times: await series(() => list(null, PAGE_SIZE)) });
    if (next) pages.hundredth.push({ sort, times: await series(() => list(next, PAGE_SIZE)) });
  }
  const count = await benchCount(actor, { ...given });
  return [
    ...Object.entries(pages).flatMap(([page, sorts]) =>
      sorts.length === 0 ? [] : [ofPages(`${name}, ${page} page`, sorts)],
    ),
    { ...count, name: `${name}, counted` },
    await benchPage(name, given, ask),
  ];
};

const ofPages = (name: string, sorts: readonly { sort: string; times: number[] }[]): Figure => {
  const all = sorts.flatMap(({ times }) => times);
  const worst = sorts.reduce((one, other) =>
    percentile95(other.times) > percentile95(one.times) ? other : one,
  );
  return {
    name,
    value: percentile95(all),
    unit: "ms (95th)",
    bar: { most: 200 },
    note: `median ${median(all).toFixed(0)}; slowest by ${worst.sort}: ${median(worst.times).toFixed(0)}`,
  };
};

const benchCount = async (actor: Actor, given: Record<string, unknown>): Promise<Figure> => {
  const filter = indicatorFilterSchema.parse(given);
  const count = () => countIndicators(actor, { teamIds: actor.teams.map(({ id }) => id), filter });
  const { count: found, isExact } = await count();
  const times = await series(count);
  const note = `median ${median(times).toFixed(0)}; ${isExact ? "" : "about "}${found.toLocaleString("en")}`;
  return { name: "counted", value: percentile95(times), unit: "ms (95th)", note };
};

/** Database, service, React and HTTP, in the order that opens first. */
const benchPage = async (
  name: string,
  given: Record<string, unknown>,
  ask: (query: string) => Promise<number>,
): Promise<Figure> => {
  const query = new URLSearchParams(Object.entries(given).map(([key, value]) => [key, String(value)]));
  const times = await series(() => ask(`?${query.toString()}`));
  const note = `median ${median(times).toFixed(0)}`;
  return {
    name: `${name}, the page over HTTP`,
    value: percentile95(times),
    unit: "ms (95th)",
    bar: { most: 200 },
    note,
  };
};

const benchTrace = async (owner: Client, actor: Actor, of: string): Promise<Figure> => {
  const { rows } = await owner.query<{ key: string }>(
    `SELECT i.key FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
     WHERE t.team_id = $1 AND t.indicator_id % 1013 = 0 LIMIT ${String(LOOK_UPS)}`,
    [actor.teams[0]?.id],
  );
  const times: number[] = [];
  for (const { key } of rows) times.push((await timed(() => traceIndicator(actor, key))).ms);
  const note = `median ${median(times).toFixed(0)}`;
  return {
    name: `${of} where a value came from`,
    value: percentile95(times),
    unit: "ms (95th)",
    bar: { most: 300 },
    note,
  };
};

const benchExport = async (actor: Actor, of: string): Promise<Figure> => {
  const teamIds = actor.teams.map(({ id }) => id);
  const pieces = exportIndicators(actor, {
    teamIds,
    filter: indicatorFilterSchema.parse({}),
    format: "csv",
    now: new Date(),
  });
  let characters = 0;
  let heap = 0;
  const { ms } = await timed(async () => {
    for await (const piece of pieces) {
      characters += piece.length;
      heap = Math.max(heap, process.memoryUsage().heapUsed);
    }
  });
  const note = `${(characters / 1e6).toFixed(1)} MB of CSV; JavaScript's heap at ${(heap / 2 ** 20).toFixed(0)} MB at most`;
  return { name: `${of} all taken away`, value: ms / 1_000, unit: "s", note };
};

const benchTexts = async (
  actor: Actor,
  name: string,
  texts: readonly string[],
  barMs: number,
): Promise<Figure> => {
  const times: { q: string; ms: number }[] = [];
  const teamIds = actor.teams.map(({ id }) => id);
  for (let round = 0; round < (texts.length > 10 ? 2 : ROUNDS); round += 1)
    for (const q of texts) {
      const filter = indicatorFilterSchema.parse({ q });
      const run = () => listIndicators(actor, { teamIds, filter, limit: PAGE_SIZE, cursor: null });
      times.push({ q, ms: (await timed(run)).ms });
    }
  const ms = times.map((time) => time.ms);
  const worst = times.reduce((one, other) => (other.ms > one.ms ? other : one));
  const note = `median ${median(ms).toFixed(0)}; slowest ${worst.q}: ${worst.ms.toFixed(0)}`;
  return { name, value: percentile95(ms), unit: "ms (95th)", bar: { most: barMs }, note };
};

const series = async (run: () => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push((await timed(run)).ms);
  return times;
};
