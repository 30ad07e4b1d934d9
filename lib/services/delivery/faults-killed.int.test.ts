import { randomUUID } from "node:crypto";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { RATE_LIMITS } from "@/lib/connectors/limits";
import { openDestination } from "@/lib/connectors/registry";
import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { sweep } from "@/lib/services/scheduling/sweep";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import {
  apply,
  connect,
  deliverMeanwhile,
  openInSmallBatches,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { dieAtStatement, revive } from "./testing/die-at-statement";
import type { Rates } from "./testing/count-requests";
import { endure, expectTruth, letTimePass, minutePasses, readUnderWay } from "./testing/hardship";

const { database, remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

afterEach(revive);

/** So few that a worker which forgot what another had sent in the same minute would pass them. */
const TIGHT = { perMinute: 1, perHour: null };
const TIGHTENED = ["defender.import", "defender.batchDelete", "defender.delete", "sentinel.upload"] as const;
/** By what it is judged that too much left. */
let judgedBy: Partial<Rates> = {};
const published = TIGHTENED.map((operation) => ({ ...RATE_LIMITS[operation] }));
const tighten = async (): Promise<void> => {
  for (const operation of TIGHTENED) Object.assign(RATE_LIMITS[operation], TIGHT, { reserved: 0 });
  await remote.control("PUT", "limits", {
    defender: { import: TIGHT, batchDelete: TIGHT, delete: TIGHT },
    sentinel: { upload: TIGHT },
  });
  judgedBy = Object.fromEntries(TIGHTENED.map((operation) => [operation, TIGHT]));
};
afterEach(() => {
  judgedBy = {};
  TIGHTENED.forEach((operation, place) => Object.assign(RATE_LIMITS[operation], published[place]));
});

const pass = (): Promise<void> => minutePasses(remote);

type Load = { gone: number; added: number; open?: OpenDestination };
const A_BATCH_EACH: Load = { gone: 2, added: 4 };
const SEVERAL_BATCHES: Load = { gone: 5, added: 9, open: openInSmallBatches };

/** Has a worker send until it is done or dead, in the minutes that it is given; tells which, and how many statements that took. */
const sendUntilDead = async (
  pushId: string,
  { open }: Load,
  lastStatement = Infinity,
): Promise<{ isDead: boolean; statements: number }> => {
  for (let sent = 0; ;) {
    const counted = dieAtStatement(lastStatement - sent);
    const outcome = await deliverPush(pushId, { signal, ...(open && { open }) }).catch(() => "died" as const);
    revive();
    sent += counted.statements;
    if (outcome !== "waiting") return { isDead: counted.isDead, statements: sent };
    await pass();
  }
};

const signal = new AbortController().signal;
const POINTS = 20;
const KINDS = ["defender", "sentinel"] as const;

/** Some values that are to go and some that are new: each operation has batches of its own. */
const prepare = async (connector: ConnectorView, load: Load = A_BATCH_EACH) => {
  const [gone, values] = [someValues(load.gone), someValues(load.added)];
  await vouch(team, gone, { name: `Before ${randomUUID()}` });
  expect(await endure(actor, connector, await apply(actor, connector), { pass })).toBe("done");
  await unvouch(team, gone);
  await vouch(team, values, { name: `Now ${randomUUID()}` });
  return { pushId: await apply(actor, connector), gone, values };
};

/** `isAnyMidway`: of some of the dead something had left that nobody had written down. */
type Deaths = { died: number; isAnyMidway: boolean };
const EVERYWHERE: Deaths = { died: POINTS, isAnyMidway: true };

/** Lets a worker die at points that are spread over all that it does for such a push, and another go on: each time nothing is lost. */
const dieEverywhere = async (connector: ConnectorView, load: Load): Promise<Deaths> => {
  let before: Vouched[] = [];
  const prepareNext = async () => {
    await unvouch(team, before);
    expect(await endure(actor, connector, await apply(actor, connector), { pass })).toBe("done");
    const prepared = await prepare(connector, load);
    await pass();
    before = prepared.values;
    return prepared;
  };
  let all = 0;
  // The first one is cold: it takes more than any after it.
  for (let time = 0; time < 2; time += 1) {
    const { pushId } = await prepareNext();
    all = (await sendUntilDead(pushId, load)).statements;
    expect((await getPush(actor, pushId)).state).toBe("done");
  }
  expect(all).toBeGreaterThan(POINTS);

  const underWay = new Set<string>();
  const deaths: Deaths = { died: 0, isAnyMidway: false };
  for (let point = 1, tries = 1; point <= POINTS && tries <= MOST_TRIES; tries += 1) {
    const { pushId, gone, values } = await prepareNext();
    const { isDead, statements } = await sendUntilDead(pushId, load, Math.ceil((all * point) / POINTS));
    // One that was done before it was to die took fewer: the point is tried once more, by its count.
    if (!isDead) {
      all = statements;
      continue;
    }
    const mayComeTwice = await readUnderWay(pushId);
    // The journal keeps those of the dead before as well, of which each had values of its own.
    for (const value of mayComeTwice) underWay.add(value);
    deaths.died += 1;
    deaths.isAnyMidway ||= mayComeTwice.size > 0;
    await letTimePass();

    expect([point, await endure(actor, connector, pushId, { pass, ...load })]).toEqual([point, "done"]);
    expect(await getPush(actor, pushId)).toMatchObject({
      state: "done",
      counts: { planned: load.gone + load.added, accepted: load.added, removed: load.gone, failed: 0 },
    });
    await expectTruth(remote, connector, values, { gone, underWay, rates: judgedBy });
    point += 1;
  }
  return deaths;
};

const MOST_TRIES = 2 * POINTS;

/** Hours pass here, and a token's end is another test's. */
const connectForHours = async (kind: ConnectorKind): Promise<ConnectorView> => {
  await remote.control("PUT", "limits", { entra: { tokenSeconds: 86_400 } });
  const connector = await connect(actor, team, kind);
  await testConnector(actor, connector);
  return connector;
};

describe.each(KINDS)("a worker that dies while it pushes to %s", (kind) => {
  it("leaves a push that another ends, wherever it died, and within the rates that both have", async () => {
    const connector = await connectForHours(kind);
    await tighten();
    expect(await dieEverywhere(connector, A_BATCH_EACH)).toEqual(EVERYWHERE);
  }, 300_000);

  it("leaves a push that another ends, with one batch on its way, one prepared and one not written down yet", async () => {
    expect(await dieEverywhere(await connectForHours(kind), SEVERAL_BATCHES)).toEqual(EVERYWHERE);
  }, 300_000);

  it.each([
    ["removes", 1],
    ["adds", 2],
  ])("right before the request leaves that %s, leaves that to another", async (_what, last) => {
    const connector = await connect(actor, team, kind);
    const { pushId, gone, values } = await prepare(connector);
    let leaving = 0;
    const open: OpenDestination = (settings) =>
      openDestination({
        ...settings,
        assertMayLeave: async () => {
          await settings.assertMayLeave?.();
          leaving += 1;
          if (leaving === last) throw new Error("The worker is gone.");
        },
      });

    await expect(deliverPush(pushId, { signal, open })).rejects.toThrow("The worker is gone.");
    const underWay = await readUnderWay(pushId);
    await letTimePass();

    expect(underWay.size).toBe(last === 1 ? gone.length : values.length);
    expect(await endure(actor, connector, pushId, { pass })).toBe("done");
    await expectTruth(remote, connector, values, { gone });
  });

  it("is found again when the queue lost it", async () => {
    const connector = await connect(actor, team, kind);
    const { pushId, gone, values } = await prepare(connector);
    await database.asOwner(async (client) => {
      await client.query("DELETE FROM outbox");
      await client.query("UPDATE push SET queued_at = queued_at - interval '1 minute' WHERE id = $1", [
        pushId,
      ]);
    });

    await sweep(new Date());
    const announced = await asSystem("delivery", (tx) =>
      tx.outbox.findMany({ where: { job: "push.deliver" } }),
    );
    expect(announced.map(({ data }) => data)).toContainEqual({ pushId });
    expect(await endure(actor, connector, pushId, { pass })).toBe("done");
    await expectTruth(remote, connector, values, { gone });
  });

  it("goes on when the database broke all its connections off", async () => {
    const connector = await connect(actor, team, kind);
    const { pushId, gone, values } = await prepare(connector);
    const breakOff = () =>
      database.asOwner(async (client) => {
        await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
      });

    await deliverMeanwhile(pushId, breakOff).catch(() => undefined);
    const underWay = await readUnderWay(pushId);
    await letTimePass();

    expect(await endure(actor, connector, pushId, { pass })).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({
      state: "done",
      counts: { accepted: 4, removed: 2 },
    });
    // The answer may have come the moment before, and have been written down by nobody.
    await expectTruth(remote, connector, values, { gone, underWay });
  });
});
