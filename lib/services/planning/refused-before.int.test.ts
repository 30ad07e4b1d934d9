import { beforeEach, describe, expect, it } from "vitest";

import type { Destination } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createPlan } from "./create-plan";
import type { PushFailure } from "@/lib/services/delivery/get-push";
import { listPlanItems } from "./list-plan-items";
import {
  CONTOSO,
  connect,
  plan,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

const { database, remote } = useDestinations();

const bad: Vouched = { type: "domain", value: `${"a".repeat(64)}.bad-site.net` };
let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const itemsOf = async ({ id }: { id: string }) =>
  (await listPlanItems({ id, teamId: team.id }, { limit: 10, after: null })).items;

describe("what a destination refused for good", () => {
  let failures: readonly PushFailure[];
  beforeEach(async () => {
    await vouch(team, [bad], { name: "Feed" });
    ({ failures } = await push(actor, defender));
  });

  it("is told with what can be done about it", () => {
    expect(failures.map(({ value }) => value)).toEqual([bad.value]);
    expect(failures[0]?.advice).toContain("as it is written");
  });

  it("stays out of the next plans, with the destination's words and what would change it", async () => {
    for (const made of [await plan(actor, defender), await plan(actor, defender)]) {
      expect(made.counts).toMatchObject({ add: 0, blocked: 1 });
      const [item] = await itemsOf(made);
      expect(item).toMatchObject({ code: "refused-before", operation: "blocked" });
      expect(item?.reason).toMatch(/^Refused last time: .+ It is tried again once that changes/);
    }
    expect((await push(actor, defender)).counts.planned).toBe(0);
  });

  it("is tried again once what would be sent of it changes, and says so", async () => {
    await updateConnector(actor, defender, { severity: "High" });
    const made = await plan(actor, defender);
    expect(made.counts).toMatchObject({ add: 1, blocked: 0 });
    expect((await itemsOf(made))[0]?.reason).toMatch(/^Not there yet. Refused last time: /);
  });

  it("is tried again once a person asks for it, until it is refused anew", async () => {
    const { id: connectorId, teamId } = defender;
    const made = await createPlan({ connectorId, teamId, doer: asDoer(actor), retriesRefused: true });
    expect(made.counts).toMatchObject({ add: 1, blocked: 0 });
    expect((await push(actor, defender)).counts).toMatchObject({ planned: 1, failed: 1 });
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, blocked: 1 });
  });
});

describe("a text that a tenant does not take for its length", () => {
  const [value] = someValues(1);
  if (!value) throw new Error("A value is missing.");

  it.each([
    ["defenderMaxDescription", 100, { descriptionTemplate: "{comment} ({team})" }],
    ["defenderMaxTitle", 40, { titleTemplate: "{team}" }],
  ])("(%s) is told with what to shorten, and goes there once it is shorter", async (limit, most, shorter) => {
    await remote.control("PUT", "switches", { [limit]: most });
    await vouch(team, [value], { name: "Feed of a long name", comment: "Dropper" });

    const { counts, failures } = await push(actor, defender);
    expect(counts).toMatchObject({ planned: 1, accepted: 0, failed: 1 });
    expect(failures[0]?.reason).toContain(`at most ${String(most)} characters`);
    expect(failures[0]?.advice).toContain("a shorter title or description");
    // It would be refused again.
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, blocked: 1 });

    await updateConnector(actor, defender, shorter);
    expect((await push(actor, defender)).counts).toMatchObject({ planned: 1, accepted: 1, failed: 0 });
  });
});

it("is planned again with what was said of it where another try may help", async () => {
  await remote.control("POST", "seed", { tenantId: CONTOSO, foreign: 9, capacity: 10 });
  await vouch(team, someValues(2), { name: "Feed" });
  const { failures } = await push(actor, defender);
  expect(failures[0]?.advice).toContain("The tenant is full");
  await remote.control("POST", "seed", { tenantId: CONTOSO, capacity: 20 });
  await database.asOwner((client) => client.query("UPDATE destination SET capacity = NULL"));

  const made = await plan(actor, defender);

  const refused = (await itemsOf(made)).find(({ reason }) => reason.includes("Refused last time"));
  expect(refused).toMatchObject({ operation: "add", code: "new" });
  expect(refused?.reason).toContain("Max capacity exceeded");
});

it.each(["defender", "sentinel"] as const)(
  "goes to %s once it lasts longer, where it ended while it waited",
  async (kind) => {
    const connector = await connect(actor, team, kind);
    await vouch(team, someValues(1), { name: "Feed" });
    /** It waits for its turn until its end is past. */
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      const late: Destination["push"] = (batch, ...rest) =>
        destination.push(
          batch.map((record) => ({ ...record, validUntil: new Date(Date.now() - 1) })),
          ...rest,
        );
      return { ...destination, push: late };
    };
    const { failures } = await push(actor, connector, open);
    expect(failures[0]?.advice).toContain("Give it a later one");

    expect((await plan(actor, connector)).counts).toMatchObject({ add: 1, blocked: 0 });
    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 1 });
  },
);
