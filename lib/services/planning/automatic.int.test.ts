import { beforeEach, describe, expect, it } from "vitest";

import { bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announceLapsingPlans, announceMissedPlans } from "./announce-due-plans";
import { announcePlansSql } from "./announce-plans";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { planAndApply } from "./plan-and-apply";
import { connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";

const { database } = useDestinations();
const signal = new AbortController().signal;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** How often a plan of the connector was announced. */
const announced = ({ id }: ConnectorView): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1",
      [id],
    );
    return rows[0]?.count ?? 0;
  });
const planned = async ({ id }: ConnectorView): Promise<string> => {
  const outcome = await planAndApply(id);
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
  return outcome.pushId;
};

/** A change of the team's that took its time before the plan was made, and is committed after it. */
const startChange = () => {
  const at = new Date();
  let commit = (): void => undefined;
  const isParsed = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const isCommitted = bulkAsTeam(team.id, async (client) => {
    await isParsed;
    await client.query(
      "UPDATE attribution SET until_generation = 2 WHERE team_id = $1 AND until_generation IS NULL",
      [team.id],
    );
    await client.query(
      "UPDATE team_indicator SET active = false, feed_ids = '{}', changed_at = $2 WHERE team_id = $1",
      [team.id, at],
    );
    await announcePlansSql(client, team.id);
  });
  return {
    commit: async (): Promise<void> => {
      commit();
      await isCommitted;
    },
  };
};

describe("an automatic connector", () => {
  it("plans once more for a change that began before its plan and was committed while its push ran", async () => {
    const defender = await connect(actor, team, "defender", { mode: "automatic" });
    await vouch(team, someValues(2), { name: "Feed" });
    const removal = startChange();
    const pushId = await planned(defender);
    await removal.commit();
    expect(await planAndApply(defender.id)).toMatchObject({ status: "left" });
    const before = await announced(defender);

    expect(await deliverPush(pushId, { signal })).toBe("done");

    expect(await announced(defender)).toBe(before + 1);
  });

  it("plans once more when its push stopped, for what changed meanwhile and for nothing else", async () => {
    const broken = await connect(actor, team, "defender", { mode: "automatic", clientSecret: "wrong" });
    await vouch(team, someValues(2), { name: "Feed" });
    const first = await planned(broken);
    await vouch(team, someValues(1), { name: "Another feed" });
    const before = await announced(broken);

    expect(await deliverPush(first, { signal })).toBe("stopped");
    expect(await announced(broken)).toBe(before + 1);

    expect(await deliverPush(await planned(broken), { signal })).toBe("stopped");
    expect(await announced(broken)).toBe(before + 1);
  });

  it("is found by the sweep when the announcement of a change was lost, and left alone once it has planned", async () => {
    const defender = await connect(actor, team, "defender", { mode: "automatic" });
    await vouch(team, someValues(2), { name: "Feed" });
    const before = await announced(defender);
    await announceMissedPlans();
    expect(await announced(defender)).toBe(before + 1);

    const pushId = await planned(defender);
    await announceMissedPlans();
    await deliverPush(pushId, { signal });
    await announceMissedPlans();
    expect(await announced(defender)).toBe(before + 1);

    await updateConnector(actor, defender, { severity: "High" });
    const after = await announced(defender);
    await announceMissedPlans();
    expect(await announced(defender)).toBe(after + 1);
  });

  it("plans by time alone: before what is still vouched for ends at the destination, and when its source's word ran out", async () => {
    const defender = await connect(actor, team, "defender", { mode: "automatic" });
    await vouch(team, someValues(2, "ipv4"), { name: "Feed" });
    await deliverPush(await planned(defender), { signal });
    const before = await announced(defender);
    await announceLapsingPlans(inDays(0));
    await announceLapsingPlans(inDays(23));
    expect(await announced(defender)).toBe(before);
    await announceLapsingPlans(inDays(25));
    expect(await announced(defender)).toBe(before + 1);

    // Its source vouches for it no longer than it stands there: nothing is to be renewed.
    await database.asOwner((client) =>
      client.query(
        "UPDATE team_indicator t SET valid_until = c.expires_at FROM claim c WHERE c.connector_id = $1 AND t.indicator_id = c.indicator_id",
        [defender.id],
      ),
    );
    await announceLapsingPlans(inDays(25));
    expect(await announced(defender)).toBe(before + 1);
    await announceLapsingPlans(inDays(31));
    expect(await announced(defender)).toBe(before + 2);
  });
  it.each<[string, object]>([
    ["the days of its type", { expiryByType: { ipv4: 10 } }],
    ["the days of a rule", { rules: [{ when: { types: ["ipv4"] }, expiryDays: 10 }] }],
    ["the age that it asks for", { selection: { maxAgeDays: 10 } }],
  ])("renews by %s, where that is less than the connector's days", async (_whose, settings) => {
    const defender = await connect(actor, team, "defender", {
      mode: "automatic",
      expiryDays: 100,
      ...settings,
    });
    await vouch(team, someValues(2, "ipv4"), { name: "Feed" });
    await deliverPush(await planned(defender), { signal });
    const before = await announced(defender);
    await announceLapsingPlans(inDays(7));
    expect(await announced(defender)).toBe(before);
    await announceLapsingPlans(inDays(8.5));
    expect(await announced(defender)).toBe(before + 1);
  });
});
