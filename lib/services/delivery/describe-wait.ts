import "server-only";

import type { PoolClient } from "pg";

import type { Operation } from "@/lib/connectors/contract";
import { readClock } from "@/lib/db/clock";
import { bulkAsSystem } from "@/lib/db/scope";

import { isHourSpent } from "./pace";
import type { OpenPush } from "./push-lease";

type Wait = { requests: readonly Operation[]; waitMs: number };

/** Says for which rate a push waits, and until when by the database's clock. `requests`: any of what it may wait for. */
export const describeWait = (push: OpenPush, { requests, waitMs }: Wait): Promise<string> =>
  bulkAsSystem("delivery", async (client) => {
    const until = new Date((await readClock(client)).getTime() + waitMs).toISOString();
    if (waitMs <= A_MINUTE_MS)
      return `Waiting for the published rate limit; sending goes on at ${until.slice(11, 19)} UTC.`;
    return (await isAnyHourSpent(client, push, requests))
      ? `Microsoft's limit for an hour is used up; sending goes on at ${until.slice(11, 16)} UTC. What is urgent is sent meanwhile.`
      : `Microsoft asked us to wait; sending goes on at ${until.slice(11, 16)} UTC.`;
  });

/** No limit of a minute lasts longer. */
export const A_MINUTE_MS = 61_000;

const isAnyHourSpent = async (
  client: PoolClient,
  push: OpenPush,
  requests: readonly Operation[],
): Promise<boolean> => {
  for (const operation of requests)
    if (await isHourSpent(client, push, { operation, isUrgent: push.isUrgent })) return true;
  return false;
};
