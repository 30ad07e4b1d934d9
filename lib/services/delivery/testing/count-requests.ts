import type { Operation } from "@/lib/connectors/contract";
import { RATE_LIMITS } from "@/lib/connectors/limits";

import type { Received } from "./remote";

// Counts requests by the journal alone: neither what the product noted of them nor what the sandbox made of them has a part in it.

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

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

/** Where more requests of one operation and application arrived within a minute or an hour than are published. */
export const countOverLimit = (journal: readonly Received[]): string[] => {
  const times = new Map<string, { operation: Operation; at: number[] }>();
  for (const { method, path, principal, at, status } of journal) {
    const [operation] = OPERATIONS.find(([, asked, form]) => method === asked && form.test(path)) ?? [];
    // What was turned away unseen, for its token or by a fault, Microsoft does not count.
    if (operation === undefined || principal === null || status === 429) continue;
    const key = `${operation} of ${principal.clientId}`;
    const counted = times.get(key) ?? { operation, at: [] };
    counted.at.push(Date.parse(at));
    times.set(key, counted);
  }
  return [...times].flatMap(([key, { operation, at }]) => {
    const { perMinute, perHour } = RATE_LIMITS[operation];
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
