import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { connect, deliverToTheEnd, push, someValues, unvouch, vouch } from "./testing/desk";
import { endUrgentPushes } from "./testing/end-pushes";

const { database, remote } = useDestinations();
const { signal } = new AbortController();

const GATES = [
  { otherTeams: true },
  { nearAllowlist: true },
  { maxPrevalence: 5, whenUnknown: "audit" },
  { maxPrevalence: 5, nearAllowlist: true, otherTeams: true, whenUnknown: "audit" },
];
const VALUES = someValues(2);
type Side = { team: TestTeam; actor: Actor };

const makeSide = async (): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  await vouch(team, VALUES, { name: "Feed" });
  return { team, actor };
};
const gated = async ({ actor, team }: Side, gate: object): Promise<ConnectorView> => {
  const connector = await connect(actor, team, "defender", { action: "Block" });
  expect(await push(actor, connector)).toMatchObject({ state: "done", counts: { accepted: 2 } });
  return updateConnector(actor, connector, connectorPatchSchema.parse({ gate }));
};
const urgentPush = ({ team }: Side) =>
  asTeam(team.id, (tx) =>
    tx.push.findFirstOrThrow({ where: { teamId: team.id, urgent: true }, select: { id: true } }),
  );

beforeEach(async () => {
  await database.asOwner(endUrgentPushes);
});

describe.each(GATES)("under the gate %j", (gate) => {
  it("what no feed names any more is removed", async () => {
    const side = await makeSide();
    const connector = await gated(side, gate);
    await unvouch(side.team, VALUES);

    expect(await push(side.actor, connector)).toMatchObject({ state: "done", counts: { removed: 2 } });
    expect(await remote.defender()).toEqual([]);
  });

  it("what was recalled is taken back", async () => {
    const side = await makeSide();
    await gated(side, gate);
    const target = readTarget("value", VALUES[0]?.value ?? "");
    const { id } = await createRecall(side.actor, side.team.id, { target, reason: "Ours.", until: null });
    await carryOutRecall(id, { signal });

    expect(await deliverToTheEnd((await urgentPush(side)).id)).toBe("done");
    expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue)).toEqual([VALUES[1]?.value]);
  });

  it("another team's connector is asked whether it wants the value still, and ours removes its claim", async () => {
    const [ours, theirs] = [await makeSide(), await makeSide()];
    const connector = await connect(ours.actor, ours.team, "defender", { action: "Block" });
    await push(ours.actor, connector);
    await gated(theirs, gate);
    await unvouch(ours.team, VALUES);
    await unvouch(theirs.team, VALUES);

    expect(await push(ours.actor, connector)).toMatchObject({ state: "done", counts: { removed: 2 } });
    expect(await remote.defender()).toEqual([]);
  });
});
