import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { resumePush } from "./resume-push";
import { connect, push, someValues, unvouch, vouch, type Vouched } from "./testing/desk";

const { remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let servers: ConnectorView;
let workstations: ConnectorView;
let values: readonly Vouched[];
/** One application at one tenant: a record of the servers stands, and that of the workstations was sent and never arrived. */
let stoppedId: string;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  servers = await connect(actor, team, "defender", { deviceGroups: ["Servers"] });
  workstations = await connect(actor, team, "defender", { deviceGroups: ["Workstations"] });
  values = someValues(2);
  await vouch(team, values, { name: "Feed" });
  await push(actor, servers);
  await remote.control("POST", "faults", { match: { path: "*/import" }, reset: true });
  await remote.control("POST", "faults", {
    ...{ match: { path: "*/import" }, times: null, answer: "defender-unauthorized" },
  });
  ({ id: stoppedId } = await push(actor, workstations));
  await remote.control("DELETE", "faults");
});

const recordsOf = async (group: string) =>
  (await remote.defender())
    .filter(({ rbacGroupNames }) => rbacGroupNames.includes(group))
    .map(({ id, indicatorValue }) => ({ id, indicatorValue }));

describe("an answer that was lost for a record of other device groups", () => {
  it("stops the push for whoever has to mend it", async () => {
    expect(await getPush(actor, stoppedId)).toMatchObject({ state: "stopped", counts: { accepted: 0 } });
    expect(await recordsOf("Servers")).toHaveLength(2);
  });

  it("costs the one that stands nothing when the push is planned anew", async () => {
    const before = await recordsOf("Servers");

    expect(await push(actor, workstations)).toMatchObject({ state: "done", counts: { accepted: 2 } });

    expect(await recordsOf("Servers")).toEqual(before);
    expect(await recordsOf("Workstations")).toHaveLength(2);
  });

  it("costs the one that stands nothing when the push is resumed", async () => {
    const before = await recordsOf("Servers");
    await resumePush({ pushId: stoppedId, teamId: team.id, doer: asDoer(actor) });

    expect(await deliverPush(stoppedId, { signal })).toBe("done");

    expect(await recordsOf("Servers")).toEqual(before);
    expect(await recordsOf("Workstations")).toHaveLength(2);
  });

  it("costs the one that stands nothing when it is not wanted any more", async () => {
    const before = await recordsOf("Servers");
    await unvouch(team, values);

    expect(await push(actor, workstations)).toMatchObject({ state: "done", counts: { removed: 2 } });

    expect(await recordsOf("Servers")).toEqual(before);
  });
});
