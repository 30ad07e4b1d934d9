import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { announceUrgentSql } from "@/lib/services/planning/announce-urgent";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { deliverPush } from "./deliver-push";
import { listReceipts } from "./list-receipts";
import { connect, deliverToTheEnd, forgetDestinations, someValues, unvouch, vouch } from "./testing/desk";
import { endPushes } from "./testing/end-pushes";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
const values = someValues(2);
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await endPushes(client);
    await client.query("DELETE FROM urgent_item");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender", { mode: "automatic" });
});

const say = async (comment: string, some = values): Promise<void> => {
  await unvouch(team, some);
  await vouch(team, some, { name: comment, comment });
};
/** As a person's save does: they go ahead of all else. */
const sendAhead = async (): Promise<string> => {
  await bulkAsTeam(team.id, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT id FROM indicator WHERE key = ANY ($1::uuid[])",
      [values.map(({ type, value }) => indicatorId(type, value))],
    );
    await announceUrgentSql(
      client,
      team.id,
      rows.map(({ id }) => id),
    );
  });
  const outcome = await planUrgent(defender.id);
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
  return outcome.pushId;
};
/** It waits in an outage that lasts for longer than anybody waits for its end. */
const waitsFor = (pushId: string) =>
  database.asOwner((client) =>
    client.query(
      `UPDATE push SET state = 'running', failures = 9, waiting_since = now() - interval '6 minutes', wake_at = now() + interval '1 hour'
       WHERE id = $1`,
      [pushId],
    ),
  );
const planAll = async (): Promise<string> => {
  const outcome = await planAndApply(defender.id);
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
  return outcome.pushId;
};
/** How each value is described there, in order. */
const described = async () =>
  (await remote.defender())
    .toSorted((one, other) => (one.indicatorValue < other.indicatorValue ? -1 : 1))
    .map(({ description }) => /(?:Old|New) words/.exec(description)?.[0]);
const itemStates = (pushId: string) =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ state: string }>(
      "SELECT state FROM push_item WHERE push_id = $1 ORDER BY indicator_id",
      [pushId],
    );
    return rows.map(({ state }) => state);
  });

describe("what goes ahead and waits in an outage", () => {
  it("is not put over what a plan of everything wants since, once the destination answers again", async () => {
    await say("Old words.");
    const older = await sendAhead();
    await waitsFor(older);
    await say("New words.", values.slice(0, 1));

    expect(await deliverToTheEnd(await planAll())).toBe("done");
    expect(await deliverToTheEnd(older)).toBe("done");

    expect(await described()).toEqual(["New words", "Old words"]);
    expect(await itemStates(older)).toEqual(["skipped", "accepted"]);
    const { receipts } = await listReceipts(defender, { limit: 10, after: null });
    expect(receipts.map(({ state }) => state)).toEqual(["accepted", "accepted"]);
    // What both want as it is stood already.
    expect(await remote.writes()).toHaveLength(1);
  });

  it("and was sent without an answer is settled by a plan of everything, and not sent again after that", async () => {
    await say("Old words.");
    const older = await sendAhead();
    await remote.control("POST", "faults", {
      ...{ match: { method: "POST", path: "/defender/api/indicators*" }, times: null, status: 503 },
      processed: true,
    });
    expect(await deliverPush(older, { signal })).toBe("waiting");
    await remote.control("DELETE", "faults");
    await waitsFor(older);
    await say("New words.");

    expect(await deliverToTheEnd(await planAll())).toBe("done");
    expect(await deliverToTheEnd(older)).toBe("done");

    expect(await described()).toEqual(["New words", "New words"]);
    expect(await itemStates(older)).toEqual(["skipped", "skipped"]);
  });
});
