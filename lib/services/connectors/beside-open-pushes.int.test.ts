import { beforeEach, describe, expect, it } from "vitest";

import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { connectorStateOf } from "@/lib/domain/connector/connector-state";
import { connect, deliverToTheEnd, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam } from "@/lib/testing/people";

import type { ConnectorView } from "./connector-view";
import { listConnectors } from "./list-connectors";

const { database } = useDestinations();

let access: TeamAccess;
let actor: Actor;
let defender: ConnectorView;
/** An ordinary push, which somebody's save does not wait for. */
let older: string;
beforeEach(async () => {
  const team = await makeTeam();
  access = { ...team, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender", { mode: "automatic" });
  await vouch(team, someValues(2), { name: "Feed" });
  older = appliedBy(await planAndApply(defender.id));
});

const appliedBy = (outcome: Awaited<ReturnType<typeof planAndApply>>): string => {
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
  return outcome.pushId;
};
/** It waits for the hour's limit, since so many minutes. */
const waits = async (pushId: string, minutes: number): Promise<Date> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ since: Date }>(
      `UPDATE push SET state = 'running', waiting_since = now() - make_interval(mins => $2), wake_at = now() + interval '1 hour'
       WHERE id = $1 RETURNING waiting_since AS since`,
      [pushId, minutes],
    );
    if (!rows[0]) throw new Error("There is no such push.");
    return rows[0].since;
  });
const save = async (): Promise<string> => {
  await addLocalIndicators(actor, access, [{ value: someValues(1)[0]?.value ?? "" }]);
  return appliedBy(await planUrgent(defender.id));
};
const listed = async () => {
  const { connectors } = await listConnectors(actor, { teamIds: [access.id], limit: 10, after: null });
  const [row] = connectors;
  if (!row) throw new Error("There is no connector.");
  return { lastPush: row.lastPush, ...connectorStateOf(row) };
};
const attention = async () =>
  (await getTeamOverview(actor, access, new Date())).attention.map(({ kind, path }) => `${kind} ${path}`);

describe("a connector of which two pushes are told", () => {
  it("waits for the one that waits, though what was saved meanwhile is there", async () => {
    const since = await waits(older, 40);
    const saved = await save();
    expect(await deliverToTheEnd(saved)).toBe("done");

    expect(await listed()).toMatchObject({
      ...{ state: "waiting", since, lastPush: { id: saved, state: "done", waitingSince: null } },
    });
    expect(await attention()).toContain(`waiting-push pushes/${older}`);
  });

  it("waits since the first of them began to, where both do", async () => {
    const since = await waits(older, 40);
    const saved = await save();
    await waits(saved, 3);

    expect(await listed()).toMatchObject({ state: "waiting", since, lastPush: { id: saved } });
    expect(await attention()).toEqual(
      expect.arrayContaining([`waiting-push pushes/${older}`, `waiting-push pushes/${saved}`]),
    );
  });

  it("fails for the one that stopped with something left, though what was saved meanwhile is there", async () => {
    await database.asOwner((client) =>
      client.query("UPDATE push SET state = 'stopped', finished_at = now() WHERE id = $1", [older]),
    );
    expect(await deliverToTheEnd(await save())).toBe("done");

    expect(await listed()).toMatchObject({ state: "failing", lastPush: { state: "done" } });
    expect(await attention()).toContain(`stopped-push pushes/${older}`);
  });

  it("is ready once nothing of either is left", async () => {
    for (const pushId of [await save(), older]) expect(await deliverToTheEnd(pushId)).toBe("done");

    expect(await listed()).toMatchObject({ state: "ready", since: null });
  });
});
