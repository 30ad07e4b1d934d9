import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { apply, connect, someValues, vouch } from "./testing/desk";
import { deliverPush } from "./deliver-push";

const database = useTestDatabase();
let sandbox: Sandbox;
let other: Client;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
});

let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  const team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
  await vouch(team, someValues(3), { name: "Feed" });
  other = new Client({ connectionString: database.ownerUrl() });
  await other.connect();
});

/** Resolves once some transaction waits for a lock that another holds. */
const untilSomebodyWaits = () =>
  expect
    .poll(
      () =>
        database.asOwner(async (client) => {
          const { rows } = await client.query<{ waiting: number }>(
            "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
          );
          return rows[0]?.waiting;
        }),
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);

it("a batch is written down records first, then receipts, as a read-back does: neither waits for the other in a circle", async () => {
  const id = await apply(actor, defender);
  const delivered = deliverPush(id, {
    signal: new AbortController().signal,
    open: (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        push: async (batch, signal) => {
          const answer = await destination.push(batch, signal);
          // As a read-back that comes upon the same records while their batch is under way.
          await other.query("BEGIN");
          await other.query("SELECT FROM remote_record FOR UPDATE");
          return answer;
        },
      };
    },
  });
  await untilSomebodyWaits();

  const receipts = await other.query("SELECT FROM receipt WHERE connector_id = $1 FOR UPDATE NOWAIT", [
    defender.id,
  ]);

  expect(receipts.rowCount).toBe(3);
  await other.query("COMMIT");
  await other.end();
  expect(await delivered).toBe("done");
});
