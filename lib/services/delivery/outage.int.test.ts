import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { resumePush } from "./resume-push";
import { apply, connect, CONTOSO, CONTOSO_SOC, deliverToTheEnd, someValues, vouch } from "./testing/desk";
import { expectTruth } from "./testing/hardship";

// What is tried again in place is tried again at once; minutes go by where the test says so.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let clientId: string;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  // One of its own: what is remembered of another test's application says nothing of this one.
  clientId = randomUUID();
  await remote.control("POST", "applications", {
    ...{ tenantId: CONTOSO, clientId, displayName: "Test", roles: ["Ti.ReadWrite"], clientSecret: SECRET },
    sentinelContributorOn: [CONTOSO_SOC],
  });
});

const SECRET = "sandbox~secret~of~a~test";
const arm = (fault: object) => remote.control("POST", "faults", fault);
const SENDING = { defender: "*/import", sentinel: "*:upload" } as const;

/** One that looked around at its destination just now, so that the push is the first to ask for a token. */
const connectTo = async (kind: ConnectorKind, mode: "automatic" | "review"): Promise<ConnectorView> => {
  const connector = await connect(actor, team, kind, { clientId, clientSecret: SECRET, mode });
  await database.asOwner((client) => client.query("UPDATE connector SET looked_at = now()"));
  return connector;
};

/** A minute later: what waits may go on, and no request of before counts any more, here and there. */
const aMinutePasses = async (): Promise<void> => {
  await remote.control("PUT", "clock", { advanceMs: 60_000 });
  await database.asOwner(async (client) => {
    await client.query("UPDATE push SET wake_at = NULL, lease_until = NULL WHERE state = 'running'");
    await client.query("UPDATE destination SET lease_until = NULL");
    await client.query("TRUNCATE bucket");
  });
};

/** How long a push waits from now on, in seconds. */
const waitOf = (id: string): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ seconds: number }>(
      "SELECT extract(epoch FROM wake_at - now())::float8 AS seconds FROM push WHERE id = $1",
      [id],
    );
    return rows[0]?.seconds ?? 0;
  });

/** Workers take it up whenever its time has come, and nobody else does anything; gives each time's outcome. */
const deliverByItself = async (pushId: string): Promise<string[]> => {
  const outcomes: string[] = [];
  for (;;) {
    const outcome = await deliverPush(pushId, { signal });
    outcomes.push(outcome);
    if (outcome === "done" || outcome === "stopped") return outcomes;
    if (outcomes.length > 40) throw new Error("It does not end.");
    await aMinutePasses();
  }
};

const applyAutomatically = async (connector: ConnectorView): Promise<string> => {
  const applied = await planAndApply(connector.id);
  if (applied.status !== "applied") throw new Error(`It was not applied: ${applied.status}.`);
  return applied.pushId;
};

type Outage = [string, { path?: string } & Record<string, unknown>];

/** What says nothing of what was sent. */
const OUTAGES: readonly Outage[] = [
  ["500", { status: 500, body: { error: { code: "InternalServerError", message: "Failed." } } }],
  ["503", { status: 503, body: "" }],
  ["503 that asks for a second", { status: 503, headers: { "retry-after": "1" }, body: "" }],
  ["a gateway's web page", { answer: "gateway-html" }],
  ["a reset", { reset: true }],
];
/** Of the token service, which both destinations ask in the same way. */
const TOKEN_OUTAGES: readonly Outage[] = [
  ["503 of the token service", { path: "/entra/*", status: 503, body: "" }],
  ["a web page in place of a token", { path: "/entra/*", answer: "gateway-html" }],
  [
    "a token service that is too busy",
    {
      ...{ path: "/entra/*", status: 400 },
      body: {
        ...{ error: "temporarily_unavailable", error_codes: [90033] },
        error_description: "AADSTS90033: A transient error has occurred. Please try again.",
      },
    },
  ],
];
const CASES = [
  ...OUTAGES.map((outage) => ["defender", ...outage] as const),
  ...[...OUTAGES, ...TOKEN_OUTAGES].map((outage) => ["sentinel", ...outage] as const),
];

describe("an automatic connector, and nobody there", () => {
  it.each(CASES)("to %s goes on by itself after twenty times %s", async (kind, _what, { path, ...fault }) => {
    const connector = await connectTo(kind, "automatic");
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await applyAutomatically(connector);
    await arm({ match: { path: path ?? SENDING[kind] }, times: 20, ...fault });

    const outcomes = await deliverByItself(pushId);

    expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(["waiting"]));
    expect(outcomes.at(-1)).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({
      counts: { planned: 3, accepted: 3, failed: 0 },
      ...{ message: null, waitingSince: null },
    });
    await expectTruth(remote, connector, values);
  });
});

describe("a push whose destination does not answer", () => {
  const fail = () => arm({ match: { path: "*/import" }, times: null, status: 503, body: "" });

  it("says since when and why it waits, and its receipts stay pending", async () => {
    const connector = await connectTo("defender", "review");
    await vouch(team, someValues(3), { name: "List" });
    const pushId = await apply(actor, connector);
    await fail();

    expect(await deliverPush(pushId, { signal })).toBe("waiting");

    const waiting = await getPush(actor, pushId);
    expect(waiting).toMatchObject({ state: "running", waitingSince: expect.any(Date) as unknown });
    expect(waiting.message).toMatch(/HTTP 503.*since 20\d\d-.* UTC, after 4 tries.*next try is at/);
    const { receipts } = await listReceipts(connector, { limit: 10, after: null });
    expect(receipts.map(({ state, reason }) => [state, reason])).toEqual(
      Array.from({ length: 3 }, () => ["pending", null]),
    );
  });

  it("says why it waits for longer than it was asked to", async () => {
    const connector = await connectTo("defender", "review");
    await vouch(team, someValues(1), { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({
      match: { path: "*/import" },
      times: null,
      ...{ status: 503, headers: { "retry-after": "1" }, body: "" },
    });

    expect(await deliverPush(pushId, { signal })).toBe("waiting");

    const time = String.raw`20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC`;
    expect((await getPush(actor, pushId)).message).toMatch(
      new RegExp(
        `HTTP 503.*since ${time}, after 4 tries, so it waits longer than it was asked to\\. .*at ${time}\\.$`,
      ),
    );
  });

  it("is tried less and less often, whichever worker has it", async () => {
    const connector = await connectTo("defender", "review");
    await vouch(team, someValues(3), { name: "List" });
    const pushId = await apply(actor, connector);
    await fail();
    const waits: number[] = [];
    for (let time = 0; time < 4; time += 1) {
      expect(await deliverPush(pushId, { signal })).toBe("waiting");
      waits.push(await waitOf(pushId));
      await aMinutePasses();
    }

    const between = (seconds: number) => [seconds * 0.75, seconds];
    for (const [place, seconds] of [30, 60, 120, 240].entries()) {
      const [least = 0, most = 0] = between(seconds);
      expect(waits[place]).toBeGreaterThan(least);
      expect(waits[place]).toBeLessThanOrEqual(most);
    }
    // Four by the first worker, one by each of the next.
    expect(await remote.writes()).toHaveLength(7);
  });

  it("is what the team's overview tells once that is no stumble any more", async () => {
    const connector = await connectTo("defender", "review");
    await vouch(team, someValues(1), { name: "List" });
    const pushId = await apply(actor, connector);
    await fail();
    await deliverPush(pushId, { signal });
    const overviewIn = async (minutes: number) => {
      const now = new Date(Date.now() + minutes * 60_000);
      const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, now);
      return attention.filter(({ kind }) => kind === "waiting-push").map(({ path }) => path);
    };

    expect(await overviewIn(0)).toEqual([]);
    expect(await overviewIn(5)).toEqual([`pushes/${pushId}`]);
  });

  it("goes on at once when another's push is answered there", async () => {
    const connector = await connectTo("defender", "review");
    const other = await connect(actor, team, "defender", { clientId, clientSecret: SECRET });
    await vouch(team, someValues(2), { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: "*/import" }, times: 5, status: 503, body: "" });
    expect(await deliverPush(pushId, { signal })).toBe("waiting");
    expect(await deliverPush(pushId, { signal })).toBe("busy");

    expect(await deliverToTheEnd(await apply(actor, other))).toBe("done");

    expect(await deliverPush(pushId, { signal })).toBe("done");
  });

  it("tries at once when a person says so", async () => {
    const connector = await connectTo("defender", "review");
    await vouch(team, someValues(1), { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: "*/import" }, times: 4, status: 503, body: "" });
    expect(await deliverPush(pushId, { signal })).toBe("waiting");

    await resumePush({ pushId, teamId: team.id, doer: asDoer(actor) });

    expect(await deliverPush(pushId, { signal })).toBe("done");
    await expect(resumePush({ pushId, teamId: team.id, doer: asDoer(actor) })).rejects.toThrow(
      "Only a stopped push",
    );
  });

  it("gives its place to a newer plan, which settles what may stand there", async () => {
    const connector = await connectTo("defender", "review");
    const values = someValues(2);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    // The first was carried out, and nobody knows.
    await arm({ match: { path: "*/import" }, processed: true, reset: true });
    await fail();
    expect(await deliverPush(pushId, { signal })).toBe("waiting");
    await remote.control("DELETE", "faults");
    const added = someValues(1);
    await vouch(team, added, { name: "Another list" });

    const newer = await apply(actor, connector);
    expect(await getPush(actor, pushId)).toMatchObject({
      ...{ state: "stopped", waitingSince: null },
      message: expect.stringContaining("newer plan") as unknown,
    });
    expect(await deliverPush(pushId, { signal })).toBe("busy");
    await aMinutePasses();
    expect(await deliverPush(newer, { signal })).toBe("done");

    expect(await getPush(actor, newer)).toMatchObject({ counts: { accepted: 3, failed: 0 } });
    await expectTruth(remote, connector, [...values, ...added]);
  });
});
