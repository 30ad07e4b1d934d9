import type { Operation } from "@/lib/connectors/contract";

import type { Received } from "./remote";

// Counts requests by the journal alone: neither what the product noted of them nor what the sandbox made of them has a part in it.

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

type Rate = { perMinute: number; perHour: number | null };
export type Rates = Readonly<Record<Operation, Rate>>;

/** As Microsoft publishes them, written down once more: whoever raises the product's own must not raise what it is judged by. */
export const PUBLISHED: Rates = {
  "defender.import": { perMinute: 30, perHour: null },
  "defender.submit": { perMinute: 100, perHour: 1500 },
  "defender.list": { perMinute: 100, perHour: 1500 },
  "defender.delete": { perMinute: 100, perHour: 1500 },
  "defender.batchDelete": { perMinute: 30, perHour: 1500 },
  "defender.statistics": { perMinute: 100, perHour: 1500 },
  "sentinel.upload": { perMinute: 100, perHour: null },
  // None is published for these two; ours are kept to.
  "defender.deviceGroups": { perMinute: 30, perHour: 1500 },
  "sentinel.query": { perMinute: 100, perHour: null },
};

const OPERATIONS: readonly [Operation, method: string, path: RegExp][] = [
  ["defender.import", "POST", /\/indicators\/import$/],
  ["defender.batchDelete", "POST", /\/indicators\/BatchDelete$/],
  ["defender.submit", "POST", /\/api\/indicators$/],
  ["defender.list", "GET", /\/api\/indicators$/],
  ["defender.delete", "DELETE", /\/api\/indicators\/\d+$/],
  ["defender.statistics", "GET", /\/api\/(?:domains|ips|files)\/[^/]+\/stats$/],
  ["defender.deviceGroups", "GET", /\/api\/exposureScore\/ByMachineGroups$/],
  ["sentinel.upload", "POST", /:upload$/],
  ["sentinel.query", "POST", /\/threatIntelligence\/main\/query$/],
];

/**
 * Where more requests of one operation and application arrived within a minute or an hour than may. Whatever became of them: Microsoft
 * does not say that it leaves out what it refuses or fails to answer.
 */
export const countOverLimit = (journal: readonly Received[], rates: Rates = PUBLISHED): string[] => {
  const times = new Map<string, { operation: Operation; at: number[] }>();
  for (const { method, path, bearer, at } of journal) {
    const [operation] = OPERATIONS.find(([, asked, form]) => method === asked && form.test(path)) ?? [];
    if (operation === undefined) continue;
    const key = `${operation} of ${bearer ?? "nobody"}`;
    const counted = times.get(key) ?? { operation, at: [] };
    counted.at.push(Date.parse(at));
    times.set(key, counted);
  }
  return [...times].flatMap(([key, { operation, at }]) => {
    const { perMinute, perHour } = rates[operation];
    const inMinute = mostWithin(at, MINUTE_MS);
    const inHour = mostWithin(at, HOUR_MS);
    return [
      ...(inMinute > perMinute ? [`${key}: ${String(inMinute)} in a minute`] : []),
      ...(perHour !== null && inHour > perHour ? [`${key}: ${String(inHour)} in an hour`] : []),
    ];
  });
};

/** The most that fall into any stretch of that length. */
const mostWithin = (times: readonly number[], spanMs: number): number => {
  const sorted = times.toSorted((one, other) => one - other);
  let [first, most] = [0, 0];
  sorted.forEach((at, last) => {
    while ((sorted[first] ?? at) <= at - spanMs) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
};
