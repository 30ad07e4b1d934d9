import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import { bulkAsSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { refreshRecords } from "@/lib/services/reconcile/refresh-records";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { takeDestination } from "./borrow-destination";
import { confirmConnector } from "./confirm-connector";
import { giveDestinationBack, renewDestination } from "./destination-lease";
import { connect, push, someValues, vouch } from "./testing/desk";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const DAY_MS = 24 * 3_600_000;

let team: TestTeam;
let actor: Actor;
let sentinel: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel");
});

const destinationOf = ({ id }: ConnectorView): Promise<string> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT destination_id AS id FROM connector WHERE id = $1",
      [id],
    );
    return rows[0]?.id ?? "";
  });
/** As a worker does that takes the destination after ours was suspended for longer than its lease. */
const takeOver = (destinationId: string): Promise<unknown> =>
  database.asOwner((client) =>
    client.query(
      "UPDATE destination SET lease_owner = gen_random_uuid(), lease_until = now() + interval '15 seconds' WHERE id = $1",
      [destinationId],
    ),
  );

describe("a destination that is borrowed", () => {
  it("is not taken again by a renewal that comes after it was given back", async () => {
    const lease = { destinationId: await destinationOf(sentinel), leaseOwner: randomUUID() };
    await bulkAsSystem("delivery", async (client) => {
      expect(await takeDestination(client, lease)).toBe(true);
      expect(await renewDestination(client, lease)).toBe(true);
      await giveDestinationBack(client, lease);
      expect(await renewDestination(client, lease)).toBe(false);
      expect(await takeDestination(client, { ...lease, leaseOwner: randomUUID() })).toBe(true);
      await client.query("UPDATE destination SET lease_owner = NULL, lease_until = NULL WHERE id = $1", [
        lease.destinationId,
      ]);
    });
  });

  it("gets nothing more from whom it was taken over, and what did not leave waits again", async () => {
    await remote.control("PUT", "switches", { sentinelRepublishDays: 0 });
    await vouch(team, someValues(3), { name: "Feed" });
    await remote.control("PUT", "clock", { offsetMs: -13 * DAY_MS });
    await push(actor, sentinel);
    await confirmConnector(sentinel.id, { signal });
    await database.asOwner((client) =>
      client.query("UPDATE remote_record SET accepted_at = accepted_at - interval '13 days'"),
    );
    await remote.control("PUT", "clock", { offsetMs: 0 });
    await reconcileConnector(sentinel.id, { signal });
    await remote.control("DELETE", "journal");

    const destinationId = await destinationOf(sentinel);
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        push: async (...batch) => {
          await takeOver(destinationId);
          return destination.push(...batch);
        },
      };
    };
    await expect(refreshRecords(sentinel.id, { signal, open })).rejects.toThrow("took the destination over");
    expect(await remote.writes()).toEqual([]);

    await database.asOwner((client) =>
      client.query("UPDATE destination SET lease_owner = NULL, lease_until = NULL"),
    );
    expect(await refreshRecords(sentinel.id, { signal })).toEqual({ sent: 3, refused: 0 });
  });
});
