import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import { asTeam } from "@/lib/db/scope";
import { SYSTEM, type Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { lockConnector } from "@/lib/services/connectors/standing";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { untilSomebodyWaits } from "@/lib/testing/until-somebody-waits";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { apply, connect, someValues, unvouch, vouch, type Vouched } from "./testing/desk";
import { confirmConnector } from "./confirm-connector";
import { deliverPush } from "./deliver-push";
import { listReceipts } from "./list-receipts";
import { startConnector, stopConnector } from "./switch-sending";
import { endUrgentPushes } from "./testing/end-pushes";

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

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  // What an earlier test had go ahead is not waited for.
  await database.asOwner(endUrgentPushes);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
  values = someValues(3);
  await vouch(team, values, { name: "Feed" });
  other = new Client({ connectionString: database.ownerUrl() });
  await other.connect();
});
afterEach(() => other.end());

/** Delivers, and lets something happen between the destination's carrying out of a batch and its answer. */
const deliverMeanwhile = (id: string, meanwhile: () => Promise<unknown>) =>
  deliverPush(id, {
    signal: new AbortController().signal,
    open: (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        push: async (...given) => {
          const answer = await destination.push(...given);
          await meanwhile();
          return answer;
        },
      };
    },
  });

/** Plans these values alone, to go ahead of all else; gives how that is applied. */
const planAhead = async (only: readonly Vouched[]): Promise<() => Promise<{ id: string }>> => {
  const { rows } = await other.query<{ id: string }>(
    "SELECT id FROM indicator WHERE value = ANY ($1) ORDER BY id",
    [only.map(({ value }) => value)],
  );
  const { id: connectorId, teamId } = defender;
  const ids = rows.map(({ id }) => id);
  const { id: planId, hash } = await createPlan({
    ...{ connectorId, teamId, doer: SYSTEM },
    only: { ids, operations: "all" },
  });
  return () => applyPlan({ planId, teamId, hash, doer: SYSTEM, isDecided: true });
};

it("a batch is written down records first, then receipts, as a read-back does: neither waits for the other in a circle", async () => {
  const id = await apply(actor, defender);
  const delivered = deliverMeanwhile(id, async () => {
    // As a read-back that comes upon the same records while their batch is under way.
    await other.query("BEGIN");
    await other.query("SELECT FROM remote_record FOR UPDATE");
  });
  await untilSomebodyWaits(database);

  const receipts = await other.query("SELECT FROM receipt WHERE connector_id = $1 FOR UPDATE NOWAIT", [
    defender.id,
  ]);

  expect(receipts.rowCount).toBe(3);
  await other.query("COMMIT");
  expect(await delivered).toBe("done");
});

describe("a plan that goes ahead", () => {
  it("is applied while a batch of the same values waits to be written down: receipts first, then items", async () => {
    const id = await apply(actor, defender);
    let applied: Promise<unknown> = Promise.resolve();
    const delivered = deliverMeanwhile(id, async () => {
      await unvouch(team, values);
      const applyAhead = await planAhead(values);
      await other.query("BEGIN");
      await other.query("SELECT FROM push_item FOR UPDATE");
      applied = applyAhead();
      await untilSomebodyWaits(database);
    });
    await untilSomebodyWaits(database, 2);

    await other.query("COMMIT");

    await applied;
    expect(await delivered).toBe("done");
  });

  it("holds its connector, but not against a batch that names it in its claims", async () => {
    const id = await apply(actor, defender);
    let applyAhead = (): Promise<unknown> => Promise.resolve();
    const delivered = deliverMeanwhile(id, async () => {
      await unvouch(team, values);
      applyAhead = await planAhead(values);
      // Its receipts are held by then, its claims not written yet.
      await other.query("BEGIN");
      await other.query("LOCK TABLE claim IN SHARE MODE");
    });
    await untilSomebodyWaits(database);
    const applied = applyAhead();
    await untilSomebodyWaits(database, 2);

    await other.query("COMMIT");

    await applied;
    expect(await delivered).toBe("done");
  });
});

it("a connector that is changed is held against plans, but not against a batch that names it in its claims", async () => {
  await asTeam(team.id, async (tx) => {
    await lockConnector(tx, defender);
    // As the key of a claim has it.
    const named = await other.query("SELECT FROM connector WHERE id = $1 FOR KEY SHARE NOWAIT", [
      defender.id,
    ]);

    expect(named.rowCount).toBe(1);
    await expect(
      other.query("SELECT FROM connector WHERE id = $1 FOR NO KEY UPDATE NOWAIT", [defender.id]),
    ).rejects.toThrow("could not obtain lock");
  });
});

/** As whoever applies a plan: holds the connector, and then needs receipts and, with another plan there, the destination. */
const holdAsPlan = async ({ id }: ConnectorView): Promise<void> => {
  await other.query("BEGIN");
  await other.query("SELECT FROM connector WHERE id = $1 FOR NO KEY UPDATE", [id]);
};
const goOnAsPlan = async ({
  id,
  destinationId,
}: ConnectorView & { destinationId: string }): Promise<number | null> => {
  await untilSomebodyWaits(database);
  const { rowCount } = await other.query("SELECT FROM receipt WHERE connector_id = $1 FOR UPDATE NOWAIT", [
    id,
  ]);
  await other.query("SELECT FROM destination WHERE id = $1 FOR UPDATE NOWAIT", [destinationId]);
  await other.query("COMMIT");
  return rowCount;
};
const withDestination = async (connector: ConnectorView) => {
  const { rows } = await other.query<{ id: string }>(
    "SELECT destination_id AS id FROM connector WHERE id = $1",
    [connector.id],
  );
  return { ...connector, destinationId: rows[0]?.id ?? "" };
};
const signal = new AbortController().signal;

describe("a plan that is applied holds its connector and then needs receipts, while at the same moment", () => {
  it("a comparison has something to write down of them: that waits for the connector first", async () => {
    const sentinel = await withDestination(await connect(actor, team, "sentinel"));
    await deliverPush(await apply(actor, sentinel), { signal });
    await confirmConnector(sentinel.id, { signal });
    const compared = reconcileConnector(sentinel.id, {
      signal,
      open: (settings) => ({
        ...openDestination(settings),
        // Everything is gone, and it is asked once more when the plan comes in between.
        list: () => noPages(),
        find: async () => {
          await holdAsPlan(sentinel);
          return [];
        },
      }),
    });

    expect(await goOnAsPlan(sentinel)).toBe(3);
    expect(await compared).toMatchObject({ status: "compared", removed: 3 });
  });

  it("a reading lets go of what turned out to be somebody else's: that waits for the connector first", async () => {
    const id = await apply(actor, defender);
    await deliverPush(id, { signal });
    const read = confirmConnector(defender.id, {
      signal,
      open: (settings) => {
        const destination = openDestination(settings);
        return {
          ...destination,
          list: async function* (...given) {
            for await (const page of destination.list(...given))
              yield page.map((record) => ({ ...record, createdBy: SOMEBODY_ELSE, isOurs: false }));
            await holdAsPlan(defender);
          },
        };
      },
    });

    expect(await goOnAsPlan(await withDestination(defender))).toBe(3);
    expect(await read).toMatchObject({ problem: null });
    const { receipts } = await listReceipts(defender, { limit: 10, after: null });
    expect(receipts.map(({ state }) => state)).toEqual(["skipped", "skipped", "skipped"]);
  });
});

it("pushes that are stopped together hold the receipts of all of them in one order", async () => {
  const ordinary = await apply(actor, defender);
  const { rows } = await other.query<{ id: string; value: string }>(
    "SELECT i.id, i.value FROM push_item p JOIN indicator i ON i.id = p.indicator_id WHERE push_id = $1 ORDER BY i.id",
    [ordinary],
  );
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) throw new Error("No values.");
  const applyAhead = await planAhead(values.filter(({ value }) => value === first.value));
  const ahead = await applyAhead();
  const sent =
    "UPDATE push_item SET state = 'sending', sent_at = now() WHERE push_id = $1 AND indicator_id = $2";
  await other.query(sent, [ordinary, last.id]);
  await other.query(sent, [ahead.id, first.id]);
  await stopConnector(actor, defender, "Wrong.");
  await updateConnector(actor, defender, connectorPatchSchema.parse({ severity: "High" }));
  const receipt = "SELECT FROM receipt WHERE connector_id = $1 AND indicator_id = $2 FOR UPDATE";
  await other.query("BEGIN");
  await other.query(receipt, [defender.id, first.id]);

  const started = startConnector(actor, defender);
  await untilSomebodyWaits(database);

  const later = await other.query(`${receipt} NOWAIT`, [defender.id, last.id]);
  expect(later.rowCount).toBe(1);
  await other.query("COMMIT");
  expect(await started).toEqual({ stopped: 2 });
});

const SOMEBODY_ELSE = "0f0e0d0c-0b0a-4908-8706-050403020100";
async function* noPages(): AsyncIterable<never[]> {
  yield await Promise.resolve([]);
}

it("an ordinary plan takes a stopped push's place while what that never got answered is settled by one that went ahead", async () => {
  const stopped = await apply(actor, defender);
  const [first, last] = [values[0], values.at(-1)];
  if (!first || !last) throw new Error("No values.");
  const itsItem = "push_id = $1 AND indicator_id = (SELECT id FROM indicator WHERE value = $2)";
  await other.query("UPDATE push SET state = 'stopped' WHERE id = $1", [stopped]);
  await other.query(`UPDATE push_item SET state = 'sending', sent_at = now() WHERE ${itsItem}`, [
    stopped,
    last.value,
  ]);
  const applyAhead = await planAhead([last]);
  const ahead = await applyAhead();
  let applied: Promise<unknown> = Promise.resolve();
  const delivered = deliverMeanwhile(ahead.id, async () => {
    await other.query("BEGIN");
    await other.query(
      "SELECT FROM receipt WHERE connector_id = $1 AND indicator_id = (SELECT id FROM indicator WHERE value = $2) FOR UPDATE",
      [defender.id, first.value],
    );
    applied = apply(actor, defender);
    await untilSomebodyWaits(database);
  });
  await Promise.race([delivered, untilSomebodyWaits(database, 2)]);

  await other.query("COMMIT");

  await applied;
  expect(await delivered).toBe("done");
});
