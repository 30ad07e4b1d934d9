import { expect } from "vitest";

import type { useDestinations } from "@/lib/testing/destinations";

import { deliverPush } from "../deliver-push";
import { minutePasses } from "./hardship";

// A push of nothing but records that are never answered. `node:timers/promises` is to be mocked by `short-sleeps`.

type Place = Pick<ReturnType<typeof useDestinations>, "database" | "remote">;

/** So many that it waits as in an outage: none is given up. */
export const MANY = 14;

const INTERNAL_ERROR = {
  status: 500,
  body: { error: { code: "InternalServerError", message: "Object reference not set." } },
};
const never = new AbortController().signal;

/** Nothing that is sent to that path is answered any more, and all of the push was tried again and again: it waits. */
export const sendInVain = async (
  { database, remote }: Place,
  pushId: string,
  path: string,
): Promise<void> => {
  await database.asOwner((client) => client.query("UPDATE connector SET looked_at = now()"));
  await remote.control("POST", "faults", { ...{ match: { path }, times: null }, ...INTERNAL_ERROR });
  for (let tries = 0; tries < 6; tries += 1) {
    expect(await deliverPush(pushId, { signal: never })).toBe("waiting");
    await minutePasses(remote);
  }
};

/** So many hours have gone by since the push began to wait; its destination was compared half an hour ago, or never. */
export const hoursPass = (
  { database }: Place,
  pushId: string,
  { hours, isRead }: { hours: number; isRead: boolean },
): Promise<void> =>
  database.asOwner(async (client) => {
    await client.query("UPDATE push SET waiting_since = now() - make_interval(hours => $2) WHERE id = $1", [
      pushId,
      hours,
    ]);
    await client.query(
      // Of all of them: the destination is one.
      "UPDATE connector SET reconciled_at = CASE WHEN $1 THEN now() - interval '30 minutes' END",
      [isRead],
    );
    await client.query("UPDATE push SET wake_at = NULL WHERE id = $1", [pushId]);
  });
