import { randomUUID } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { AllowlistMatch } from "@/lib/domain/screening/allowlist";
import { openScreenerOf } from "@/lib/services/allowlists/open-screener";

import type { Figure } from "./lib";

const VALUES = 1_000_000;
const BATCH = 50_000;
const MAX_SECONDS = 10;
const MAX_MB = 300;
const MB = 1_048_576;

/** How many lists of a kind, and how many entries each has: 30 lists, 500,000 entries. */
const SHAPES: readonly { match: AllowlistMatch; lists: number; entries: number }[] = [
  { match: "hostname", lists: 12, entries: 19_000 },
  { match: "string", lists: 6, entries: 24_000 },
  { match: "cidr", lists: 8, entries: 15_850 },
  { match: "substring", lists: 2, entries: 500 },
  { match: "regex", lists: 2, entries: 100 },
];

/**
 * Holds a million values against 30 lists of a team, 500,000 entries in the database, and all that comes with the product, through
 * the screener that ingest opens: the time it takes, reading the lists included, and the memory that it holds. `share` makes
 * both smaller, to try it.
 */
export const benchScreening = async (
  { teams: [team], userId, name }: Actor,
  share = 1,
): Promise<Figure[]> => {
  if (!team) throw new Error("The bench needs a team.");
  await writeLists(team.id, { userId, name }, share);
  const values = Math.round(VALUES * share);
  const collect = exposeGc();
  collect();
  const before = process.memoryUsage();
  const { cost: reading, result: screener } = await measure(() => openScreenerOf(team.id));
  const screening = { ms: 0, cpuMs: 0 };
  let hits = 0;
  let peakRss = process.memoryUsage().rss;
  for (let start = 0; start < values; start += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, values - start) }, (_, index) =>
      makeValue(start + index),
    );
    const { cost, result } = await measure(() => Promise.resolve(countHits(some, screener.stop)));
    addTo(screening, cost);
    hits += result;
    peakRss = Math.max(peakRss, process.memoryUsage().rss);
  }
  collect();
  const after = process.memoryUsage();
  const heldMb = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / MB;
  return [
    {
      name: `Screening: ${values.toLocaleString("en")} values, 30 lists, ${countEntries(share).toLocaleString("en")} entries`,
      value: (reading.ms + screening.ms) / 1_000,
      unit: "s",
      bar: { most: MAX_SECONDS },
      note:
        `processor of this process ${inSeconds(reading.cpuMs, screening.cpuMs)}: lists opened ` +
        `${inSeconds(reading.cpuMs)}, values ${inSeconds(screening.cpuMs)}; ${hits.toLocaleString("en")} kept in`,
    },
    {
      name: "Screening: memory that the lists hold",
      value: heldMb,
      unit: "MB",
      bar: { most: MAX_MB },
      note: `the process at ${(peakRss / MB).toFixed(0)} MB at most, ${(before.rss / MB).toFixed(0)} before`,
    },
  ];
};

const countEntries = (share: number): number =>
  SHAPES.reduce((sum, { lists, entries }) => sum + lists * Math.round(entries * share), 0);

/** The lists as the product stores them, without the audit of each entry. */
const writeLists = (teamId: string, by: { userId: string; name: string }, share: number): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    for (const { match, lists, entries } of SHAPES)
      for (let list = 0; list < lists; list++) {
        const id = randomUUID();
        const count = Math.round(entries * share);
        await client.query(
          `INSERT INTO allowlist (id, team_id, name, match, effect, created_by, created_by_name) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
          [
            id,
            teamId,
            `${match} ${String(list)}`,
            match,
            list % 2 === 0 ? "stop" : "warn",
            by.userId,
            by.name,
          ],
        );
        await client.query(
          `INSERT INTO allowlist_entry (id, allowlist_id, team_id, value, comment, created_by, created_by_name)
           SELECT gen_random_uuid(), $1, $2, value, 'Measured.', $3, $4 FROM unnest($5::text[]) AS given (value)
           ON CONFLICT DO NOTHING`,
          [id, teamId, by.userId, by.name, [...makeEntries(match, list * count, count)]],
        );
      }
    // As any change of a list does.
    await client.query("UPDATE team SET screening_version = screening_version + 1 WHERE id = $1", [teamId]);
  });

type Cost = { ms: number; cpuMs: number };

/** Also what the processor did: on a machine that others use, the clock alone says little. */
const measure = async <T>(run: () => Promise<T>): Promise<{ cost: Cost; result: T }> => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await run();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { cost: { ms, cpuMs: (user + system) / 1_000 }, result };
};

const addTo = (sum: Cost, { ms, cpuMs }: Cost): void => {
  sum.ms += ms;
  sum.cpuMs += cpuMs;
};

const inSeconds = (...ms: readonly number[]): string =>
  `${(ms.reduce((sum, one) => sum + one, 0) / 1_000).toFixed(1)} s`;

type Value = { type: IndicatorType; value: string };

const countHits = (
  values: readonly Value[],
  screen: (type: IndicatorType, value: string) => unknown,
): number => {
  let hits = 0;
  for (const { type, value } of values) if (screen(type, value) !== null) hits++;
  return hits;
};

function* makeEntries(match: AllowlistMatch, from: number, count: number): Generator<string> {
  for (let index = from; index < from + count; index++) yield makeEntry(match, index);
}

const makeEntry = (match: AllowlistMatch, index: number): string => {
  const mixed = mix(index);
  switch (match) {
    case "hostname":
      return index % 3 === 0
        ? `${word(mixed)}.${word(mix(mixed))}.com`
        : `${word(mixed)}-${String(index)}.net`;
    case "string":
      return index % 2 === 0 ? hash(index) : `${word(mixed)}${String(index)}.org`;
    case "cidr":
      return index % 5 === 0
        ? `2a02:${(index & 0xffff).toString(16)}:${((mixed & 0xfff) + 1).toString(16)}::/48`
        : `${ipv4(mixed).replace(/\.\d+$/, ".0")}/24`;
    case "substring":
      return `/${word(mixed)}${String(index)}/`;
    case "regex":
      return index % 2 === 0
        ? `^${word(mixed)}[0-9]+[.]corp[.]example[.]com$`
        : `[.]${word(mixed)}(-[a-z]+)?[.]example[.](com|net)`;
  }
};

/** What feeds hold, in about their shares; some of it is listed. */
const makeValue = (index: number): Value => {
  const mixed = mix(index + 7_777_777);
  const kind = index % 20;
  if (kind < 6) return { type: "ipv4", value: ipv4(mixed) };
  if (kind < 12) return { type: "domain", value: host(mixed, index) };
  if (kind < 16)
    return {
      type: "url",
      value: `http://${host(mixed, index)}/${word(mixed)}/${String(index)}.php?id=${hash(index).slice(0, 12)}`,
    };
  if (kind < 18) return { type: "sha256", value: hash(index % 300 === 17 ? index : index + 50_000_000) };
  if (kind < 19) return { type: "ipv4-cidr", value: `${ipv4(mixed).replace(/\.\d+$/, ".0")}/24` };
  return {
    type: "ipv6",
    value: `2a02:${(mixed & 0xffff).toString(16)}:${((index & 0xfff) + 1).toString(16)}::1`,
  };
};

const host = (mixed: number, index: number): string =>
  index % 50 === 7
    ? `www.${makeEntry("hostname", mixed % 228_000)}`
    : `${word(mixed)}.${word(mix(mixed))}${String(index)}.com`;
const ipv4 = (mixed: number): string =>
  `${String(20 + (mixed % 70))}.${String((mixed >>> 8) & 255)}.${String((mixed >>> 16) & 255)}.${String(1 + (mixed >>> 25))}`;
const hash = (index: number): string =>
  [0, 1, 2, 3, 4, 5, 6, 7]
    .map((part) =>
      mix(index * 8 + part)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
const word = (mixed: number): string => (mixed % 308_915_776).toString(26).padStart(6, "a");

/** Spreads numbers over 32 bits, the same each time. */
const mix = (value: number): number => {
  let mixed = Math.imul(value ^ (value >>> 16), 0x45d9_f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9_f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

const exposeGc = (): (() => void) => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
};
