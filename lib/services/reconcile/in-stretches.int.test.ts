import { beforeEach, describe, expect, it, vi } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { connect, forgetDestinations, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { reconcileConnector } from "./reconcile-connector";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

/** More than one stretch. */
const COUNT = 5_100;
/** Hundreds of requests, on a machine that does other things beside. */
vi.setConfig({ hookTimeout: 180_000, testTimeout: 180_000 });
const DAY_MS = 24 * 3_600_000;

let actor: Actor;
let sentinel: ConnectorView;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  const team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel");
  await vouch(team, someValues(COUNT), { name: "Large list" });
  const { counts } = await push(actor, sentinel);
  const { unconfirmed } = await confirmConnector(sentinel.id, { signal });
  if (counts.accepted !== COUNT || unconfirmed > 0) throw new Error("Not all of it stands.");
});

const count = (table: string, condition: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${condition}`,
    );
    return rows[0]?.count ?? 0;
  });
const countGone = () => count("receipt", `connector_id = '${sentinel.id}' AND state = 'gone'`);

/** A workspace in which nothing is left; tells before it is asked once more for some. */
const emptied =
  (beforeAsked: (ids: readonly string[]) => Promise<void>): OpenDestination =>
  (settings) => ({
    ...openDestination(settings),
    list: async function* () {
      yield await Promise.resolve([]);
    },
    find: async (ids) => {
      await beforeAsked(ids);
      return [];
    },
  });

describe("a comparison of very many", () => {
  it("of which none is left is written down in stretches, and nobody waits for the destination in between", async () => {
    const asked: { ids: number; gone: number }[] = [];
    const open = emptied(async (ids) => {
      await database.asOwner((client) => client.query("SELECT FROM destination FOR UPDATE NOWAIT"));
      asked.push({ ids: ids.length, gone: await countGone() });
    });

    expect(await reconcileConnector(sentinel.id, { signal, open })).toEqual({
      ...{ status: "compared", standing: 0, removed: COUNT, changed: 0 },
    });

    expect(asked).toEqual([
      { ids: 5_000, gone: 0 },
      { ids: 100, gone: 5_000 },
    ]);
    expect(await countGone()).toBe(COUNT);
    const told = await database.asOwner((client) =>
      client.query<{ removed: number }>(
        `SELECT sum((detail->>'removed')::int)::int AS removed FROM audit_entry
         WHERE action = 'connector.drift' AND subject_id = $1`,
        [sentinel.id],
      ),
    );
    expect(told.rows).toEqual([{ removed: COUNT }]);
  });

  it("marks all that was not published again for too long, and forgets it once it was", async () => {
    const unpublished = () => count("remote_record", "unpublished_since IS NOT NULL");
    // To read it all three times in a minute is more than may leave.
    const forgetRates = () => database.asOwner((client) => client.query("TRUNCATE bucket"));
    await forgetRates();
    await reconcileConnector(sentinel.id, { signal, now: () => new Date(Date.now() + 13 * DAY_MS) });
    expect(await unpublished()).toBe(COUNT);

    await forgetRates();
    await reconcileConnector(sentinel.id, { signal });
    expect(await unpublished()).toBe(0);
  });
});
