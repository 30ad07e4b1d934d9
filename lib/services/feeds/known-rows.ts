import "server-only";

import type { PoolClient } from "pg";

import { findLive, listUnseen, readKnown, stageAgain, type KnownRow } from "@/lib/db/queries/known-rows";
import type { StagedCount } from "@/lib/db/queries/generation";
import { standingDays, type RemovalRule } from "@/lib/domain/feed/removal";

/**
 * What a feed vouches for, held in memory while its list is read, so that a row that says what it said before need not be
 * sent to the database to find that out: most runs bring little that is new. About 50 bytes a value, 66 where the list says
 * when each was seen; beyond two million values, every row is staged and compared in the database instead.
 */
export type KnownRows = {
  /** The generation that is live; when another is at the end, this knowledge is void. */
  generation: number;
  /**
   * What to do with a row, by its key and its fingerprint: `stage` it; `pass` it over, since it is known as it is; `repeat`:
   * it stands in the list twice and says the same.
   */
  meet: (row: MetRow) => "stage" | "pass" | "repeat";
  /** What was passed over, by the code of its type, and how much of it an allowlist keeps in. */
  passed: () => { byType: ReadonlyMap<number, number>; all: number; screened: number };
  /** Stages what was passed over before another row of the same value came; gives what that was. */
  stageAgain: (client: PoolClient) => Promise<{ keys: readonly string[]; counts: readonly StagedCount[] }>;
  /** Lists, in the database, what the list does not hold. */
  listUnseen: (client: PoolClient) => Promise<void>;
  /** How many values the feed vouched for before, by the code of their type. */
  liveByType: () => ReadonlyMap<number, number>;
};

export type MetRow = {
  key: string;
  print: string;
  line: number;
  isScreened: boolean;
  firstSeen: Date | null;
  lastSeen: Date | null;
};

const MOST = 2_000_000;

/** Reads what the feed vouches for; null when it is nothing, or too much to be held. */
export const openKnownRows = async (
  client: PoolClient,
  { feedId, rule }: { feedId: string; rule: RemovalRule },
): Promise<KnownRows | null> => {
  const { generation, size } = await findLive(client, feedId);
  if (generation === 0 || size > MOST) return null;
  const table = createTable(size);
  await readKnown(client, { feedId, days: standingDays(rule) }, table.add);
  return { generation, ...watch(table) };
};

const UNMET = 0;
const PASSED = 1;
const STAGED = 2;

/** `expected` only saves growing. */
const createTable = (expected: number) => {
  let room = Math.max(LEAST_ROOM, expected);
  let slots = slotsFor(room);
  let places = new Int32Array(slots);
  let words = new Uint32Array(room * WORDS);
  let ids = new Float64Array(room);
  let types = new Uint8Array(room);
  let settled = new Uint8Array(room);
  let used = 0;

  const slotOf = (a: number, d: number): number => (a ^ Math.imul(d, 0x9e3779b1)) & (slots - 1);

  const add = ({ id, a, b, c, d, high, low, type, isSettled }: KnownRow): void => {
    if (used === room) grow();
    const at = used * WORDS;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    words[at + 4] = high;
    words[at + 5] = low;
    ids[used] = id;
    types[used] = type;
    settled[used] = isSettled ? 1 : 0;
    place(used);
    used += 1;
  };

  const place = (entry: number): void => {
    let slot = slotOf(words[entry * WORDS] ?? 0, words[entry * WORDS + 3] ?? 0);
    while (places[slot] !== 0) slot = (slot + 1) & (slots - 1);
    places[slot] = entry + 1;
  };

  const grow = (): void => {
    room *= 2;
    slots = slotsFor(room);
    words = enlarge(words, new Uint32Array(room * WORDS));
    ids = enlarge(ids, new Float64Array(room));
    types = enlarge(types, new Uint8Array(room));
    settled = enlarge(settled, new Uint8Array(room));
    places = new Int32Array(slots);
    for (let entry = 0; entry < used; entry += 1) place(entry);
  };

  const find = (key: string): number => {
    const a = wordAt(key, 0);
    const b = halfAt(key, 9) * 0x10000 + halfAt(key, 14);
    const c = halfAt(key, 19) * 0x10000 + halfAt(key, 24);
    const d = wordAt(key, 28);
    for (let slot = slotOf(a, d); ; slot = (slot + 1) & (slots - 1)) {
      const entry = (places[slot] ?? 0) - 1;
      if (entry < 0) return -1;
      const at = entry * WORDS;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return entry;
    }
  };

  const isSame = (entry: number, print: string): boolean =>
    settled[entry] === 1 &&
    words[entry * WORDS + 4] === wordAt(print, 0) &&
    words[entry * WORDS + 5] === wordAt(print, 8);

  return {
    add,
    find,
    isSame,
    size: (): number => used,
    idOf: (entry: number): number => ids[entry] ?? 0,
    typeOf: (entry: number): number => types[entry] ?? 0,
  };
};

/** Notes what of a table a list holds, row by row. */
const watch = ({ find, isSame, size, idOf, typeOf }: ReturnType<typeof createTable>) => {
  const all = size();
  const states = new Uint8Array(all);
  const lines = new Uint32Array(all);
  const screened = new Uint8Array(all);
  // Most lists say nothing of it, and need no room.
  const seen: { first: Float64Array | null; last: Float64Array | null } = { first: null, last: null };
  const again: number[] = [];

  const noteSeen = (which: "first" | "last", entry: number, time: Date | null): void => {
    if (time !== null) (seen[which] ??= new Float64Array(all).fill(Number.NaN))[entry] = time.getTime();
  };
  const seenAt = (which: "first" | "last", entry: number): Date | null => {
    const time = seen[which]?.[entry] ?? Number.NaN;
    return Number.isNaN(time) ? null : new Date(time);
  };

  const count = (isCounted: (entry: number) => boolean): Map<number, number> => {
    const counts = new Map<number, number>();
    for (let entry = 0; entry < all; entry += 1)
      if (isCounted(entry)) counts.set(typeOf(entry), (counts.get(typeOf(entry)) ?? 0) + 1);
    return counts;
  };

  return {
    meet: ({ key, print, line, isScreened, firstSeen, lastSeen }: MetRow): "stage" | "pass" | "repeat" => {
      const entry = find(key);
      if (entry < 0 || states[entry] === STAGED) return "stage";
      const isKnown = isSame(entry, print);
      if (states[entry] === PASSED) {
        if (isKnown) return "repeat";
        states[entry] = STAGED;
        again.push(entry);
        return "stage";
      }
      states[entry] = isKnown ? PASSED : STAGED;
      lines[entry] = line;
      noteSeen("first", entry, firstSeen);
      noteSeen("last", entry, lastSeen);
      screened[entry] = isScreened ? 1 : 0;
      return isKnown ? "pass" : "stage";
    },
    passed: () => {
      const byType = count((entry) => states[entry] === PASSED);
      const kept = count((entry) => states[entry] === PASSED && screened[entry] === 1);
      return { byType, all: sum(byType), screened: sum(kept) };
    },
    liveByType: () => count(() => true),
    stageAgain: async (client: PoolClient) => ({
      keys: await stageAgain(
        client,
        again.map((entry) => ({
          id: idOf(entry),
          line: lines[entry] ?? 0,
          firstSeen: seenAt("first", entry),
          lastSeen: seenAt("last", entry),
        })),
      ),
      counts: again.map((entry) => ({ type: typeOf(entry), screened: screened[entry] === 1, count: 1 })),
    }),
    listUnseen: (client: PoolClient) =>
      listUnseen(
        client,
        (function* () {
          for (let entry = 0; entry < all; entry += 1) if (states[entry] === UNMET) yield idOf(entry);
        })(),
      ),
  };
};

const LEAST_ROOM = 1_024;
const slotsFor = (room: number): number => 2 ** Math.ceil(Math.log2(room * 1.5));
const enlarge = <Values extends { set: (from: Values) => void }>(from: Values, into: Values): Values => {
  into.set(from);
  return into;
};

/** Of each value: four words of its key, two of its fingerprint. */
const WORDS = 6;

const wordAt = (text: string, at: number): number => Number.parseInt(text.slice(at, at + 8), 16);
const halfAt = (text: string, at: number): number => Number.parseInt(text.slice(at, at + 4), 16);
const sum = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
