import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { resumePush } from "./resume-push";
import { apply, connect, CONTOSO, CONTOSO_SOC, forgetDestinations, someValues, vouch } from "./testing/desk";
import { endure, expectTruth, letTimePass } from "./testing/hardship";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

let team: TestTeam;
let actor: Actor;
let clientId: string;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  // One of its own: what is remembered of another test's application says nothing of this one.
  clientId = randomUUID();
  await change({ clientSecret: SECRET });
});

const SECRET = "sandbox~secret~of~a~test";
const change = (part: Record<string, unknown>) =>
  remote.control("POST", "applications", {
    ...{ tenantId: CONTOSO, clientId, displayName: "Test", roles: ["Ti.ReadWrite"] },
    ...{ sentinelContributorOn: [CONTOSO_SOC], ...part },
  });
/** One that looked around at its destination just now, so that the push is the first to ask for a token. */
const connectTo = async (kind: ConnectorKind): Promise<ConnectorView> => {
  const connector = await connect(actor, team, kind, { clientId, clientSecret: SECRET });
  await database.asOwner((client) => client.query("UPDATE connector SET looked_at = now()"));
  return connector;
};
const arm = (fault: object) => remote.control("POST", "faults", fault);

/** The token source waits by the process's own clock. */
const pass = async (): Promise<void> => {
  await letTimePass();
  await setTimeout(250);
};

const SENDING = { defender: "*/import", sentinel: "*:upload" } as const;
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
    const perBatch = kind === "defender" ? 500 : 100;
    const values = someValues(perBatch + 5);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: SENDING[kind] }, skip: 1, ...fault });

    expect(await endure(actor, connector, pushId)).toBe("done");

    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: values.length, failed: 0 } });
    await expectTruth(remote, connector, values.slice(-300));
  });

  it("sends nothing before a wait is over that the service asked for", async () => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: SENDING[kind] }, status: 429, headers: { "retry-after": "60" }, body: {} });

    const signal = new AbortController().signal;
    expect(await deliverPush(pushId, { signal })).toBe("waiting");
    expect(await deliverPush(pushId, { signal })).toBe("busy");
    expect(await remote.writes()).toHaveLength(1);

    await letTimePass();
    expect(await deliverPush(pushId, { signal })).toBe("done");
    await expectTruth(remote, connector, values);
  });

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

  it.each([
    ["429", { answer: "entra-throttled", headers: { "retry-after": "1" } }],
    ["503", { answer: "entra-unavailable" }],
    ["a web page", { answer: "gateway-html" }],
  ])("waits for a token service that answers %s", async (_what, fault) => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: "/entra/*" }, headers: { "retry-after": "1" }, ...fault });

    expect(await endure(actor, connector, pushId, { pass })).toBe("done");
    await expectTruth(remote, connector, values);
  });

  it.each([
    [
      "a secret that ran out",
      { secrets: [{ value: SECRET, expiresAt: "2020-01-01T00:00:00Z" }] },
      /expired/i,
    ],
    ["a wrong secret", { secrets: [{ value: "another", expiresAt: null }] }, /secret/i],
  ])("stops at %s with the reason, and goes on when it is mended", async (_what, spoilt, words) => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await change(spoilt);

    expect(await endure(actor, connector, pushId)).toBe("stopped");
    expect((await getPush(actor, pushId)).message).toMatch(words);
    expect(await remote.writes()).toEqual([]);

    await change({ secrets: [{ value: SECRET, expiresAt: null }] });
    await resumePush({ pushId, teamId: team.id, doer: asDoer(actor) });
    expect(await endure(actor, connector, pushId)).toBe("done");
    await expectTruth(remote, connector, values);
  });

  it("stops where the tenant is not known, and goes on when it is", async () => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    const error = {
      error: "invalid_request",
      error_description: "AADSTS90002: Tenant not found.",
      error_codes: [90002],
    };
    await arm({ match: { path: "/entra/*" }, status: 400, body: error });

    expect(await endure(actor, connector, pushId, { mend: () => Promise.resolve() })).toBe("done");
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
    const count = kind === "defender" ? 500 : 100;
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
