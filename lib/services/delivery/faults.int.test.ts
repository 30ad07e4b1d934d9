import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { apply, CONTOSO, someValues, unvouch, vouch } from "./testing/desk";
import { endure, expectTruth, letTimePass } from "./testing/hardship";
import { makeApplication, type OwnApplication } from "./testing/own-application";

// What is tried again in place is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let application: OwnApplication;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  application = await makeApplication(remote, database);
});

const connectTo = (kind: ConnectorKind) => application.connectTo(kind, { actor, team });
const arm = (fault: object) => remote.control("POST", "faults", fault);
/** How long a push that waits does so. */
const waitOf = (pushId: string) =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ seconds: number }>(
      "SELECT extract(epoch FROM wake_at - clock_timestamp())::float8 AS seconds FROM push WHERE id = $1",
      [pushId],
    );
    return rows[0] ?? { seconds: 0 };
  });

const SENDING = { defender: "*/import", sentinel: "*:upload" } as const;
const PER_REQUEST = { defender: 500, sentinel: 100 } as const;
const KINDS = ["defender", "sentinel"] as const;

/** What goes wrong on the way to a destination, and how often. */
const ON_THE_WAY: readonly [string, object][] = [
  ["429 with a header", { status: 429, headers: { "retry-after": "1" }, body: {} }],
  [
    "429 with a sentence",
    { status: 429, body: { error: { code: "429", message: "You can send requests again in 2 seconds." } } },
  ],
  ["429 that names no time", { status: 429, body: "" }],
  ["500", { status: 500, body: { error: { code: "InternalServerError", message: "Failed." } } }],
  ["503 twice", { status: 503, body: "", times: 2 }],
  ["a gateway's web page", { answer: "gateway-html" }],
  ["a reset before it was carried out", { reset: true }],
  ["a reset after it was carried out", { reset: true, processed: true }],
  [
    "a token that is refused once",
    { status: 401, body: { error: { code: "Unauthorized", message: "Expired." } } },
  ],
];

const REMOVING = { defender: "*/BatchDelete", sentinel: "*:upload" } as const;
/** What goes wrong with a removal. Where it is carried out it is answered with nothing, so that what breaks off is something else. */
const WITH_A_REMOVAL: readonly [string, object][] = [
  ["500", { status: 500, body: { error: { code: "InternalServerError", message: "Failed." } } }],
  ["a reset after it was carried out", { reset: true, processed: true }],
  [
    "an answer that breaks off after it was carried out",
    { processed: true, status: 200, body: { errors: [{ recordIndex: 0 }] }, truncateAfterBytes: 12 },
  ],
];

describe.each(KINDS)("a push to %s", (kind) => {
  it.each(ON_THE_WAY)("ends with everything there once after %s", async (_what, fault) => {
    const connector = await connectTo(kind);
    const values = someValues(6);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: SENDING[kind] }, ...fault });

    expect(await endure(actor, connector, pushId)).toBe("done");

    expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 6, accepted: 6, failed: 0 } });
    await expectTruth(remote, connector, values);
  });

  it.each(ON_THE_WAY)("goes on behind a batch that was answered after %s", async (_what, fault) => {
    const connector = await connectTo(kind);
    const values = someValues(PER_REQUEST[kind] + 5);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: SENDING[kind] }, skip: 1, ...fault });

    expect(await endure(actor, connector, pushId)).toBe("done");

    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: values.length, failed: 0 } });
    await expectTruth(remote, connector, values.slice(-300));
  });

  it.each(WITH_A_REMOVAL)(
    "ends with what is to go gone, and all else there, after %s",
    async (_what, fault) => {
      const connector = await connectTo(kind);
      const [gone, kept] = [someValues(3), someValues(3)];
      await vouch(team, [...gone, ...kept], { name: "List" });
      expect(await endure(actor, connector, await apply(actor, connector))).toBe("done");
      await unvouch(team, gone);
      const pushId = await apply(actor, connector);
      await arm({ match: { path: REMOVING[kind] }, ...fault });

      expect(await endure(actor, connector, pushId)).toBe("done");

      expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 3, removed: 3, failed: 0 } });
      await expectTruth(remote, connector, kept);
      expect(await confirmConnector(connector.id, { signal })).toMatchObject({ gone: 3, unconfirmed: 0 });
    },
  );

  it("sends nothing before a wait is over that the service asked for", async () => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: SENDING[kind] }, status: 429, headers: { "retry-after": "60" }, body: {} });

    expect(await deliverPush(pushId, { signal })).toBe("waiting");
    expect(await deliverPush(pushId, { signal })).toBe("busy");
    expect(await remote.writes()).toHaveLength(1);

    await letTimePass();
    expect(await deliverPush(pushId, { signal })).toBe("done");
    await expectTruth(remote, connector, values);
  });

  it.each([10, -10])(
    "waits as long as is meant by a service whose clock is %d minutes off",
    async (minutes) => {
      const connector = await connectTo(kind);
      await vouch(team, someValues(3), { name: "List" });
      const pushId = await apply(actor, connector);
      const there = Date.now() + minutes * 60_000;
      const headers = {
        date: new Date(there).toUTCString(),
        "retry-after": new Date(there + 60_000).toUTCString(),
      };
      await arm({ match: { path: SENDING[kind] }, status: 429, headers, body: {} });

      expect(await deliverPush(pushId, { signal })).toBe("waiting");

      const { seconds } = await waitOf(pushId);
      expect(seconds).toBeGreaterThan(40);
      // It comes back up to three seconds later than it was told, so that not all do at once.
      expect(seconds).toBeLessThanOrEqual(63);
    },
  );

  it("ends with everything there once when an answer breaks off", async () => {
    const connector = await connectTo(kind);
    const values = someValues(6);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({
      match: { path: SENDING[kind] },
      processed: true,
      // Sentinel answers with nothing when all is well: this is a list of errors that is not all there.
      ...(kind === "sentinel" && { status: 200, body: { errors: [{ recordIndex: 0 }] } }),
      truncateAfterBytes: 12,
    });

    expect(await endure(actor, connector, pushId)).toBe("done");
    await expectTruth(remote, connector, values);
  });

  it.each([10, -10])("does not mind a service whose clock is %d minutes off", async (minutes) => {
    await remote.control("PUT", "clock", { offsetMs: minutes * 60_000 });
    const connector = await connectTo(kind);
    const values = someValues(6);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);

    expect(await endure(actor, connector, pushId)).toBe("done");
    await expectTruth(remote, connector, values);
  });

  it("lets one bad record cost nobody else, and gives it the reason", async () => {
    const connector = await connectTo(kind);
    const count = PER_REQUEST[kind];
    const values = someValues(count);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    const bad = values[50];
    if (!bad) throw new Error("There must be one.");
    await arm({ match: { path: SENDING[kind] }, status: 400, body: REFUSALS[kind](bad.value) });

    expect(await endure(actor, connector, pushId)).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: count - 1, failed: 1 } });
    const { receipts } = await listReceipts(connector, { limit: 500, after: null, state: "failed" });
    expect(receipts).toMatchObject([
      { value: bad.value, reason: expect.stringMatching(/inactive/) as unknown },
    ]);
    await expectTruth(remote, connector, values);
  });

  it("ends with a reason for each record when every request is refused", async () => {
    const connector = await connectTo(kind);
    const values = someValues(4);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    const body = { error: { code: "BadRequest", message: "Something is wrong with it." } };
    await arm({ match: { path: SENDING[kind] }, status: 400, body, times: null });

    expect(await endure(actor, connector, pushId)).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 0, failed: 4 } });
    await expectTruth(remote, connector, values);
  });
});

/** A refusal of a whole batch for one of it: Defender names its value, Sentinel its place. */
const REFUSALS: Readonly<Record<ConnectorKind, (value: string) => object>> = {
  defender: (value) => ({
    error: { code: "BadRequest", message: `Indicator ${value} is inactive. (Expired)` },
  }),
  sentinel: () => ({ errors: [{ recordIndex: 50, errorMessages: ["It is inactive."] }] }),
};

describe("a full tenant", () => {
  it("takes what it has room for, and the rest says why not", async () => {
    await remote.control("POST", "seed", { tenantId: CONTOSO, capacity: 5 });
    const connector = await connectTo("defender");
    const values = someValues(8);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);

    expect(await endure(actor, connector, pushId)).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 5, failed: 3 } });
    await expectTruth(remote, connector, values);
  });
});
