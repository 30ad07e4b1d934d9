import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { AllowlistMatch } from "@/lib/domain/screening/allowlist";
import { screenBuiltIn } from "@/lib/domain/screening/built-in";
import { createMatcher, type MatcherList } from "@/lib/domain/screening/matcher";

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

/** Holds a million values against 30 lists and what is built in: the time it takes and the memory that is held. */
export const benchScreening = (): Figure[] => {
  const collect = exposeGc();
  collect();
  const before = process.memoryUsage();
  const made = [...makeLists()].map((list) => ({ ...list, entries: [...list.entries] }));
  const { cost: reading, result: matcher } = measure(() => createMatcher(made));
  if (matcher.skipped > 0) throw new Error(`${String(matcher.skipped)} entries were skipped.`);
  made.length = 0;
  const screening = { ms: 0, cpuMs: 0 };
  const builtIn = { ms: 0, cpuMs: 0 };
  let hits = 0;
  let peakRss = process.memoryUsage().rss;
  for (let start = 0; start < VALUES; start += BATCH) {
    const values = Array.from({ length: BATCH }, (_, index) => makeValue(start + index));
    const own = measure(() => countHits(values, matcher.screen));
    addTo(screening, own.cost);
    addTo(builtIn, measure(() => countHits(values, screenBuiltIn)).cost);
    hits += own.result;
    peakRss = Math.max(peakRss, process.memoryUsage().rss);
  }
  collect();
  const after = process.memoryUsage();
  const heldMb = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / MB;
  const parts = [reading, screening, builtIn];
  return [
    {
      name: "Screening: 1,000,000 values, 30 lists, 500,000 entries",
      value: parts.reduce((sum, { ms }) => sum + ms, 0) / 1_000,
      unit: "s",
      note:
        `bar ${String(MAX_SECONDS)}; processor ${inSeconds(...parts.map(({ cpuMs }) => cpuMs))}: lists read ` +
        `${inSeconds(reading.cpuMs)}, values ${inSeconds(screening.cpuMs)}, built in ${inSeconds(builtIn.cpuMs)}; ` +
        `${hits.toLocaleString("en")} hits`,
    },
    {
      name: "Screening: memory of the lists",
      value: heldMb,
      unit: "MB",
      note: `bar ${String(MAX_MB)}; the process at ${(peakRss / MB).toFixed(0)} MB at most, ${(before.rss / MB).toFixed(0)} before`,
    },
  ];
};

type Cost = { ms: number; cpuMs: number };

/** Also what the processor did: on a machine that others use, the clock alone says little. */
const measure = <T>(run: () => T): { cost: Cost; result: T } => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = run();
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

function* makeLists(): Generator<MatcherList> {
  for (const { match, lists, entries } of SHAPES)
    for (let list = 0; list < lists; list++)
      yield {
        id: `${match}-${String(list)}`,
        name: `${match} ${String(list)}`,
        match,
        effect: list % 2 === 0 ? "stop" : "warn",
        entries: makeEntries(match, list * entries, entries),
      };
}

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
