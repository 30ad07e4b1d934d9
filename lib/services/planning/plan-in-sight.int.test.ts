import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { connect, plan, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getPlanning } from "./get-planning";
import { planInSight } from "./plan-in-sight";

const { database } = useDestinations();

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
  await vouch(team, someValues(2), { name: "Feed" });
});

const asked = () => ({ connectorId: defender.id, teamId: team.id, doer: asDoer(actor) });
/** Something that goes on until it is told how to end. */
const held = () => {
  let [resolve, reject]: [(plan: { id: string } | null) => void, (error: Error) => void] = [noop, noop];
  const promise = new Promise<{ id: string } | null>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
};
const noop = (): void => undefined;
/** What takes longer than anybody is patient, with what is to be waited for. */
const begin = async (making: Promise<{ id: string } | null>) => {
  const begun = await planInSight(asked(), () => making, 0);
  if (begun.status !== "under-way") throw new Error("It was made at once.");
  return begun;
};

describe("a plan that somebody waits for", () => {
  it("is given at once where it is made at once, and nothing of it is told", async () => {
    const made = await planInSight(asked(), () => plan(actor, defender), 120_000);

    expect(made).toMatchObject({ status: "made", plan: { counts: { add: 2 } } });
    expect(await getPlanning(defender)).toBeNull();
  });

  it("fails at once with its reason where it fails at once", async () => {
    const refused = new AppError("conflict", "Not now.");

    await expect(planInSight(asked(), () => Promise.reject(refused))).rejects.toBe(refused);
    expect(await getPlanning(defender)).toBeNull();
  });

  it("is told with who asked and since when while it takes long, and then which it is, until a newer one is made", async () => {
    const { promise, resolve } = held();
    const { id, end } = await begin(promise);

    const underWay = await getPlanning(defender);
    expect(underWay).toMatchObject({ id, state: "under-way", by: asDoer(actor).name, planId: null });
    const since = underWay?.since.getTime() ?? 0;
    expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);

    const made = await plan(actor, defender);
    resolve(made);
    expect(await end).toBe(made);
    expect(await getPlanning(defender)).toMatchObject({ id, state: "made", planId: made.id });

    await plan(actor, defender);
    expect(await getPlanning(defender)).toBeNull();
  });

  it("is told to be none where there was nothing to plan", async () => {
    const { promise, resolve } = held();
    const { end } = await begin(promise);
    resolve(null);

    expect(await end).toBeNull();
    expect(await getPlanning(defender)).toMatchObject({ state: "made", planId: null, problem: null });
  });

  it.each([
    ["a reason for people", new AppError("conflict", "Somebody else has it."), "Somebody else has it."],
    ["what nobody foresaw", new Error("secret of the database"), "Something went wrong that nobody foresaw"],
  ])("is told to have failed for %s", async (_what, error, words) => {
    const { promise, reject } = held();
    const { end } = await begin(promise);
    reject(error);

    await expect(end).rejects.toBe(error);
    const told = await getPlanning(defender);
    expect(told).toMatchObject({ state: "failed", planId: null });
    expect(told?.problem).toContain(words);
    expect(told?.problem).not.toContain("secret");
  });

  it("is told to be broken off once nothing is heard of it, and that goes with the next one", async () => {
    const { promise, resolve } = held();
    const { end } = await begin(promise);
    await database.asOwner((client) =>
      client.query(
        `UPDATE connector SET planning = planning || jsonb_build_object('aliveAt', now() - interval '31 seconds') WHERE id = $1`,
        [defender.id],
      ),
    );

    expect(await getPlanning(defender)).toMatchObject({
      state: "failed",
      problem: expect.stringContaining("Plan again") as string,
    });
    await plan(actor, defender);
    expect(await getPlanning(defender)).toBeNull();
    resolve(null);
    await end;
  });

  it("tells of the later one alone, whichever ends first", async () => {
    const [first, second] = [held(), held()];
    const one = await begin(first.promise);
    const other = await begin(second.promise);
    first.resolve(null);
    await one.end;

    expect(await getPlanning(defender)).toMatchObject({ id: other.id, state: "under-way" });
    second.resolve(null);
    await other.end;
    expect(await getPlanning(defender)).toMatchObject({ id: other.id, state: "made" });
  });
});
