import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { setHoldEnd } from "@/lib/services/withheld/hold-end";
import { getWithheld } from "@/lib/services/withheld/list-withheld";
import { withhold } from "@/lib/services/withheld/withhold";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { createRecall, liftRecall } from "./create-recall";
import { getRecall } from "./get-recall";

useTestDatabase();

const MINUTE_MS = 60_000;
let access: TeamAccess;
let actor: Actor;
let feed: string;
beforeEach(async () => {
  const team = await makeTeam();
  access = { ...team, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
  feed = await vouch(team, someValues(1), { name: "Feed" });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A moment by the database's clock, which in tests is this machine's own. */
const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * MINUTE_MS);
/** The web's host is so many minutes off from now on. */
const setOff = (minutes: number): void => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * MINUTE_MS, shouldAdvanceTime: true });
};
const recallUntil = (until: Date | null) =>
  createRecall(actor, access.id, { target: readTarget("value", "45.155.205.7"), reason: "Ours.", until });
const holdUntil = (until: Date | null) =>
  withhold(actor, access, { target: { scope: "feed", id: feed }, reason: "Wrong.", until });
const IN_THE_PAST = { code: "invalid_input", fields: [{ pointer: "/until" }] };

describe("an end that has passed by the database's clock", () => {
  it("is refused by a host ten minutes behind, for a recall, a hold and a later end of one", async () => {
    const passed = inMinutes(-5);
    const { id } = await holdUntil(null);
    setOff(-10);

    await expect(recallUntil(passed)).rejects.toMatchObject(IN_THE_PAST);
    await expect(setHoldEnd(actor, { id, teamId: access.id }, passed)).rejects.toMatchObject(IN_THE_PAST);
    const target = { scope: "team" } as const;
    await expect(withhold(actor, access, { target, reason: "Wrong.", until: passed })).rejects.toMatchObject(
      IN_THE_PAST,
    );
    expect(await getWithheld(actor, id)).toMatchObject({ until: null, liftedAt: null });
  });
});

describe("an end that has not come by the database's clock", () => {
  it("is taken by a host ten minutes ahead, which also tells and lifts what stands", async () => {
    const [soon, later] = [inMinutes(5), inMinutes(6)];
    setOff(10);

    const { id } = await holdUntil(soon);
    await setHoldEnd(actor, { id, teamId: access.id }, later);
    expect(await getWithheld(actor, id)).toMatchObject({ until: later, liftedAt: null });
    const recall = await recallUntil(soon);
    expect(recall).toMatchObject({ isStanding: true });
    const shown = await getRecall(actor, recall.id);
    expect(shown).toMatchObject({ isStanding: true });
    await liftRecall(actor, shown);
    expect(await getRecall(actor, recall.id)).toMatchObject({ isStanding: false });
  });
});
