import { beforeEach, describe, expect, it, vi } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { createPlan } from "@/lib/services/planning/create-plan";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { leaveOut } from "./leave-out";
import { listReceipts } from "./list-receipts";
import { resumePush } from "./resume-push";
import { getObstacle } from "./stopped-push";
import { apply, connect, deliverToTheEnd, plan, someValues, unvouch, vouch } from "./testing/desk";
import { endPushes } from "./testing/end-pushes";
import { SENDING } from "./testing/faults";
import {
  countOpen,
  hoursPass as letHoursPass,
  MANY,
  sendInVain,
  sorted,
  standingAt,
} from "./testing/leftovers";

// Nobody sleeps until time has gone by: it is made to.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const place = useDestinations();
const { database, remote } = place;
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await database.asOwner(endPushes);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const KINDS = ["defender", "sentinel"] as const;

const standing = (kind: ConnectorKind): Promise<string[]> => standingAt(place, kind);

describe("a push of nothing but records that are never answered", () => {
  const leaveWaiting = async (kind: ConnectorKind) => {
    const connector = await connect(actor, team, kind);
    const values = someValues(MANY);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await sendInVain(place, pushId, SENDING[kind]);
    return { connector, values, pushId };
  };
  const hoursPass = (pushId: string, hours: number, { isRead }: { isRead: boolean }) =>
    letHoursPass(place, pushId, { hours, isRead });
  const obstacleOf = async (id: string) => (await getObstacle({ id, teamId: team.id }))?.message;
  const doer = () => ({ teamId: team.id, doer: asDoer(actor) });

  it.each(KINDS)(
    "to %s is told from an outage once that was read meanwhile, and a person can end it without them",
    async (kind) => {
      const { connector, pushId } = await leaveWaiting(kind);
      expect(await getPush(actor, pushId)).toMatchObject({ leftovers: null });
      await expect(leaveOut({ pushId, ...doer() })).rejects.toThrow("Nothing tells what is left");
      await hoursPass(pushId, 2, { isRead: true });

      expect(await deliverPush(pushId, { signal })).toBe("waiting");

      const waiting = await getPush(actor, pushId);
      expect(waiting.leftovers).toMatchObject({ count: MANY, readAt: expect.any(Date) as Date });
      expect(waiting.message).toMatch(/was read meanwhile.*14 records.*may be the cause/);
      expect(waiting.message).not.toContain("nobody has to do anything");

      expect(await leaveOut({ pushId, ...doer() })).toEqual({ isEnded: true });

      const ended = await getPush(actor, pushId);
      expect(ended).toMatchObject({ state: "stopped", leftovers: null, counts: { accepted: 0 } });
      expect(ended.message).toContain("A person left out 14 records");
      const { receipts } = await listReceipts(connector, { limit: 50, after: null });
      expect(receipts).toHaveLength(MANY);
      for (const receipt of receipts)
        expect(receipt).toMatchObject({
          state: "failed",
          reason: expect.stringMatching(/^A person left it out.*may stand there or not.*HTTP 500/) as unknown,
        });
    },
  );

  it("is kept out of the next plans until somebody asks for it, and is then settled", async () => {
    const { connector, values, pushId } = await leaveWaiting("defender");
    await hoursPass(pushId, 2, { isRead: true });
    await leaveOut({ pushId, ...doer() });
    const more = someValues(1);
    await vouch(team, more, { name: "More" });

    const next = await plan(actor, connector);
    expect(next.counts).toMatchObject({ add: 1, change: 0, remove: 0, blocked: MANY });
    expect(next.blockedByReason).toEqual({ "left-out": MANY });
    await remote.control("DELETE", "faults");
    expect(await deliverToTheEnd(await apply(actor, connector))).toBe("done");
    expect(await standing("defender")).toEqual(sorted(more));

    const planning = { connectorId: connector.id, ...doer() };
    expect((await createPlan({ ...planning, retriesRefused: true })).counts).toMatchObject({ add: MANY });
    expect(await deliverToTheEnd(await apply(actor, connector))).toBe("done");
    expect(await standing("defender")).toEqual(sorted([...values, ...more]));
    expect(await countOpen(place, pushId)).toBe(0);
  });

  it("is told on its push's page as left out once a newer plan was applied, until somebody asks for it", async () => {
    const { connector, pushId } = await leaveWaiting("defender");
    await hoursPass(pushId, 2, { isRead: true });
    await leaveOut({ pushId, ...doer() });
    expect(await obstacleOf(pushId)).toBeUndefined();
    await remote.control("DELETE", "faults");
    await vouch(team, someValues(1), { name: "More" });
    await deliverToTheEnd(await apply(actor, connector));

    expect(await obstacleOf(pushId)).toMatch(/newer plan.* What a person left out of this push stays out/);

    await createPlan({ connectorId: connector.id, ...doer(), retriesRefused: true });
    await apply(actor, connector);
    expect(await obstacleOf(pushId)).toMatch(/newer plan.* is settled by that one's push\.$/);
  });

  it("is sent once more where a person resumes the push", async () => {
    const { values, pushId } = await leaveWaiting("sentinel");
    await hoursPass(pushId, 7, { isRead: false });
    expect((await getPush(actor, pushId)).leftovers).toEqual({ count: MANY, forRoom: 0, readAt: null });
    await leaveOut({ pushId, ...doer() });
    await remote.control("DELETE", "faults");

    await resumePush({ pushId, ...doer() });

    expect(await deliverToTheEnd(pushId)).toBe("done");
    expect(await standing("sentinel")).toEqual(sorted(values));
  });

  it("is not said to have ended where a worker was quicker and still has to end it", async () => {
    const { pushId } = await leaveWaiting("defender");
    await hoursPass(pushId, 2, { isRead: true });
    // As whoever took it between the two steps would leave it.
    await database.asOwner((client) =>
      client.query("UPDATE push SET lease_until = now() + interval '1 minute' WHERE id = $1", [pushId]),
    );

    expect(await leaveOut({ pushId, ...doer() })).toEqual({ isEnded: false });

    await database.asOwner((client) =>
      client.query("UPDATE push SET lease_until = NULL WHERE id = $1", [pushId]),
    );
    expect(await deliverPush(pushId, { signal })).toBe("stopped");
  });

  it("is taken back, as what may stand there, once nobody wants it any more", async () => {
    const { connector, values, pushId } = await leaveWaiting("defender");
    await hoursPass(pushId, 2, { isRead: true });
    await leaveOut({ pushId, ...doer() });
    await unvouch(team, values.slice(0, 1));

    expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, remove: 1, blocked: MANY - 1 });
  });
});
