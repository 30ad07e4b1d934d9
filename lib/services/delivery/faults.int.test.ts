import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { RATE_LIMITS } from "@/lib/connectors/limits";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { apply, CONTOSO, someValues, vouch, type Vouched } from "./testing/desk";
import { ON_THE_WAY, REFUSED_AS_A_WHOLE, SENDING } from "./testing/faults";
import { endure, expectTruth, letTimePass, minutePasses } from "./testing/hardship";
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

const OPERATIONS = { defender: "defender.import", sentinel: "sentinel.upload" } as const;
const published = Object.values(OPERATIONS).map((operation) => ({ ...RATE_LIMITS[operation] }));
afterEach(() => {
  Object.values(OPERATIONS).forEach((operation, place) =>
    Object.assign(RATE_LIMITS[operation], published[place]),
  );
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

const PER_REQUEST = { defender: 500, sentinel: 100 } as const;
const KINDS = ["defender", "sentinel"] as const;

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
    await expectTruth(remote, connector, values);
  });

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

  it("counts what failed against its rate as well, so that no retries come in a storm", async () => {
    const operation = OPERATIONS[kind];
    Object.assign(RATE_LIMITS[operation], { perMinute: 2, reserved: 0 });
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: SENDING[kind] }, times: 6, status: 503, body: "" });

    expect(await endure(actor, connector, pushId, { pass: () => minutePasses(remote) })).toBe("done");

    expect((await remote.writes()).length).toBeGreaterThan(6);
    await expectTruth(remote, connector, values, {
      rates: { [operation]: { perMinute: 2, perHour: null } },
    });
  });

  it("is taken apart, and all of it sent, after a refusal of all of it", async () => {
    const connector = await connectTo(kind);
    const values = someValues(5);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    const [, fault] = REFUSED_AS_A_WHOLE;
    await arm({ match: { path: SENDING[kind] }, ...fault });

    expect(await endure(actor, connector, pushId)).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 5, failed: 0 } });
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

describe("one value among 500 that Defender does not take", () => {
  it.each(["item", "request"])("costs nobody else anything, refused with its %s", async (by) => {
    await remote.control("PUT", "switches", { defenderInvalidValue: by });
    const connector = await connectTo("defender");
    const bad: Vouched = { type: "domain", value: `${"a".repeat(64)}.bad-site.net` };
    const values = [...someValues(250), bad, ...someValues(249)];
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);

    expect(await endure(actor, connector, pushId)).toBe("done");

    const { counts, failures } = await getPush(actor, pushId);
    expect(counts).toMatchObject({ planned: 500, accepted: 499, failed: 1 });
    expect(failures).toMatchObject([{ value: bad.value, reason: expect.stringMatching(/\w{3}/) as unknown }]);
    await expectTruth(remote, connector, values);
  });
});

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
