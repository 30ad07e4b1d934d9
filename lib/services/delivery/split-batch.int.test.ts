import { beforeEach, describe, expect, it } from "vitest";

import type { Pace } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { startConnector, stopConnector } from "./switch-sending";
import { apply, connect, deliverToTheEnd, someValues, vouch, type Vouched } from "./testing/desk";
import { endUrgentPushes } from "./testing/end-pushes";
import { valuesOf } from "./testing/find-sent-again";
import { letTimePass } from "./testing/hardship";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await database.asOwner(endUrgentPushes);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** Does something right before the request of that number waits for its turn. */
const beforeRequest = (number: number, act: () => Promise<void>): OpenDestination => {
  let requests = 0;
  return (settings) => {
    const pace: Pace = async (operation, given) => {
      if (/import|upload|batchDelete/.test(operation)) {
        requests += 1;
        if (requests === number) await act();
      }
      await settings.pace(operation, given);
    };
    return openDestination({ ...settings, pace });
  };
};

const itemStates = (pushId: string): Promise<Record<string, number>> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ state: string; count: number }>(
      "SELECT state, count(*)::int AS count FROM push_item WHERE push_id = $1 GROUP BY state",
      [pushId],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  });
const unsentValues = (pushId: string): Promise<string[]> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ value: string }>(
      `SELECT i.value FROM push_item p JOIN indicator i ON i.id = p.indicator_id
       WHERE p.push_id = $1 AND p.state = 'pending' ORDER BY i.id`,
      [pushId],
    );
    return rows.map(({ value }) => value);
  });
const withdraw = async (value: string): Promise<void> => {
  const [access] = actor.teams;
  if (!access) throw new Error("The actor has no team.");
  await withdrawIndicator(actor, access, { indicatorId: indicatorId("domain", value), reason: "Wrong." });
};

const KINDS = [
  ["defender", "*/import"],
  ["sentinel", "*:upload"],
] as const;

describe.each(KINDS)("a batch to %s that is refused and sent in halves", (kind, path) => {
  let connector: ConnectorView;
  let values: Vouched[];
  let pushId: string;
  const refuseOnce = () =>
    remote.control("POST", "faults", {
      match: { path },
      status: 400,
      body: { error: { code: "BadRequest", message: "Something of it is wrong." } },
    });
  beforeEach(async () => {
    connector = await connect(actor, team, kind);
    values = someValues(8);
    await vouch(team, values, { name: "Feed" });
    pushId = await apply(actor, connector);
    await refuseOnce();
  });
  const sentTimes = async (value: string): Promise<number> =>
    (await remote.journal()).filter((one) => one.status === 200 && valuesOf(one).includes(value)).length;

  it("leaves nothing unclear when sending is switched off in between: the rest waits, and goes on plainly", async () => {
    const open = beforeRequest(3, () => stopConnector(actor, connector, "The wrong list."));

    expect(await deliverPush(pushId, { signal, open })).toBe("waiting");
    expect(await itemStates(pushId)).toEqual({ accepted: 4, pending: 4 });

    await startConnector(actor, connector);
    expect(await deliverToTheEnd(pushId)).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 8, failed: 0 } });
    expect(await Promise.all(values.map(({ value }) => sentTimes(value)))).toEqual(values.map(() => 1));
  });

  it("leaves nothing unclear when it is switched off right after the refusal", async () => {
    const open = beforeRequest(2, () => stopConnector(actor, connector, "The wrong list."));

    expect(await deliverPush(pushId, { signal, open })).toBe("waiting");
    expect(await itemStates(pushId)).toEqual({ pending: 8 });
  });

  it("tells what never left from what may be there when its worker dies in between", async () => {
    const open = beforeRequest(3, () => Promise.reject(new Error("The worker is gone.")));
    await expect(deliverPush(pushId, { signal, open })).rejects.toThrow("The worker is gone.");
    const unsent = await unsentValues(pushId);
    expect(unsent).toHaveLength(4);
    const [unwanted = ""] = unsent;
    await withdraw(unwanted);
    await letTimePass();

    expect(await deliverToTheEnd(pushId)).toBe("done");

    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 7, skipped: 1 } });
    expect(await sentTimes(unwanted)).toBe(0);
    expect(await Promise.all(unsent.slice(1).map(sentTimes))).toEqual([1, 1, 1]);
  });
});

describe("a batch that is sent in parts", () => {
  it("lets another team's recall pass between two of them", async () => {
    const otherTeam = await makeTeam();
    const other = await makeActor([[otherTeam, "owner"]]);
    const bad = someValues(1);
    await vouch(otherTeam, bad, { name: "Bad" });
    const theirs = await connect(other, otherTeam, "defender", { app: "TPI_TeamB" });
    expect(await deliverToTheEnd(await apply(other, theirs))).toBe("done");
    const defender = await connect(actor, team, "defender");
    await vouch(team, someValues(8), { name: "Feed" });
    const pushId = await apply(actor, defender);
    const before = (await remote.writes()).length;
    await remote.control("POST", "faults", {
      match: { path: "*/import" },
      status: 400,
      body: { error: { code: "BadRequest", message: "Something of it is wrong." } },
    });
    const open = beforeRequest(2, async () => {
      const target = readTarget("value", bad[0]?.value ?? "");
      const { id } = await createRecall(other, otherTeam.id, { target, reason: "Ours.", until: null });
      expect(await carryOutRecall(id, { signal })).toMatchObject({ pushes: 1 });
    });
    const urgent = async () =>
      asTeam(otherTeam.id, (tx) =>
        tx.push.findFirstOrThrow({ where: { teamId: otherTeam.id, urgent: true }, select: { id: true } }),
      );

    expect(await deliverPush(pushId, { signal, open })).toBe("waiting");
    expect(await itemStates(pushId)).toEqual({ pending: 8 });
    expect(await deliverToTheEnd((await urgent()).id)).toBe("done");
    await letTimePass();
    expect(await deliverToTheEnd(pushId)).toBe("done");

    const paths = (await remote.writes()).slice(before).map(({ path }) => path.split("/").at(-1) ?? "");
    expect(paths).toEqual(["import", expect.stringMatching(/^\d+$/), "import"]);
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 8 } });
  });
});

describe("a worker with a request about to leave", () => {
  let values: Vouched[];
  let pushId: string;
  const recall = async (): Promise<void> => {
    const target = readTarget("value", values[0]?.value ?? "");
    const { id } = await createRecall(actor, team.id, { target, reason: "Ours.", until: null });
    // Nothing has left: there is nothing to be removed.
    expect(await carryOutRecall(id, { signal })).toMatchObject({ pushes: 0 });
  };
  beforeEach(async () => {
    const defender = await connect(actor, team, "defender");
    values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    pushId = await apply(actor, defender);
  });
  const expectTheOtherAlone = async (): Promise<void> => {
    expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue)).toEqual([values[1]?.value]);
    expect(JSON.stringify(await remote.writes())).not.toContain(values[0]?.value);
  };

  it("that slept through its lease does not put there what was recalled meanwhile", async () => {
    const open = beforeRequest(1, async () => {
      await letTimePass();
      await recall();
    });
    await expect(deliverPush(pushId, { signal, open })).rejects.toThrow("Another worker took this push over");
    expect(await remote.writes()).toEqual([]);

    await letTimePass();
    expect(await deliverToTheEnd(pushId)).toBe("done");
    await expectTheOtherAlone();
  });

  it("does not put there what was recalled since the batch was prepared", async () => {
    expect(await deliverToTheEnd(pushId, beforeRequest(1, recall))).toBe("done");
    await expectTheOtherAlone();
  });

  it("does not put there what a person withdrew since the batch was prepared", async () => {
    const open = beforeRequest(1, () => withdraw(values[0]?.value ?? ""));
    expect(await deliverToTheEnd(pushId, open)).toBe("done");
    await expectTheOtherAlone();
  });
});
