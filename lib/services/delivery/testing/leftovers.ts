import { expect } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listConnectors } from "@/lib/services/connectors/list-connectors";

import { deliverPush } from "../deliver-push";
import { getPush } from "../get-push";
import { leaveOut } from "../leave-out";
import { listReceipts } from "../list-receipts";
import { minutePasses } from "./hardship";
import type { Database } from "./own-application";
import type { lookAt } from "./remote";

// A push of nothing but records that are never answered. `node:timers/promises` is to be mocked by `short-sleeps`.

type Place = { remote: ReturnType<typeof lookAt>; database: Database };

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

type LeavingOut = { pushId: string; path: string; forRoom?: number };

/** What a push brings or takes is never answered for hours, and a person leaves it out; from then on all is answered. */
export const leaveOutOf = async (
  place: Place,
  actor: Actor,
  { pushId, path, forRoom = 0 }: LeavingOut,
): Promise<void> => {
  await sendInVain(place, pushId, path);
  await hoursPass(place, pushId, { hours: 2, isRead: true });
  const waiting = await getPush(actor, pushId);
  expect(waiting.leftovers).toMatchObject({ count: MANY, forRoom });
  await leaveOut({ pushId, teamId: waiting.teamId, doer: asDoer(actor) });
  expect(await getPush(actor, pushId)).toMatchObject({ state: "stopped" });
  await place.remote.control("DELETE", "faults");
};

/** The values that stand at a destination, in order. */
export const standingAt = async ({ remote }: Place, kind: ConnectorKind): Promise<string[]> => {
  const values =
    kind === "defender"
      ? (await remote.defender()).map(({ indicatorValue }) => indicatorValue)
      : (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1] ?? "");
  return values.sort();
};

export const sorted = (values: readonly { value: string }[]): string[] =>
  values.map(({ value }) => value).sort();

/** What its receipts say, each thing once. */
export const reasonsOf = async (connector: ConnectorView): Promise<Set<string | null>> => {
  const { receipts } = await listReceipts(connector, { limit: 50, after: null });
  return new Set(receipts.map(({ reason }) => reason));
};

export const healthOf = async (actor: Actor, { id, teamId }: ConnectorView) => {
  const { connectors } = await listConnectors(actor, { teamIds: [teamId], limit: 10, after: null });
  return connectors.find((one) => one.id === id);
};

/** How much of a push was sent and is still not answered. */
export const countOpen = ({ database }: Place, pushId: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM push_item WHERE push_id = $1 AND state = 'sending'",
      [pushId],
    );
    return rowCount ?? 0;
  });

/** Its tenant refused for lack of room a moment ago, with what stands there now. */
export const fill = ({ database }: Place, { id }: ConnectorView): Promise<unknown> =>
  database.asOwner((client) =>
    client.query(
      "UPDATE destination SET capacity = $2 WHERE id = (SELECT destination_id FROM connector WHERE id = $1)",
      [
        id,
        JSON.stringify({
          ...{ limit: 15_000, total: null, foreign: null, readAt: null, readers: [] },
          full: { at: new Date().toISOString(), ours: MANY },
        }),
      ],
    ),
  );
