import { setTimeout as sleep } from "node:timers/promises";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { announceMissedPlans } from "@/lib/services/planning/announce-due-plans";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { resumePush } from "./resume-push";
import { apply, connect, someValues, vouch, type Vouched } from "./testing/desk";
import { endPushes } from "./testing/end-pushes";
import { findOverLimit, minutePasses } from "./testing/hardship";

// Nobody sleeps until time has gone by: it is made to (`hurrying`, `minutePasses`).
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await database.asOwner(async (client) => {
    await endPushes(client);
    await client.query("DELETE FROM urgent_item");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** Some sixty requests, and their pauses. */
const SLOW_MS = 180_000;
const KINDS = ["defender", "sentinel"] as const;
const SENDING = { defender: "*/import", sentinel: "*:upload" } as const;
const PER_REQUEST = { defender: 500, sentinel: 100 } as const;

const connectTo = async (kind: ConnectorKind, mode: "automatic" | "review" = "review") => {
  const connector = await connect(actor, team, kind, { mode });
  await database.asOwner((client) => client.query("UPDATE connector SET looked_at = now()"));
  return connector;
};

/** Whatever carries this value is not answered as it should be, for ever. */
const neverAnswer = (kind: ConnectorKind, { value }: Vouched, fault: object = INTERNAL_ERROR) =>
  remote.control("POST", "faults", {
    ...{ match: { path: SENDING[kind], body: value }, times: null },
    ...fault,
  });
const INTERNAL_ERROR = {
  status: 500,
  body: { error: { code: "InternalServerError", message: "Object reference not set." } },
};
const UNREADABLE = { status: 200, body: "<html>All is well.</html>" };

/** Lets time pass faster at the service and in what counts against its rates, while something is done. */
const hurrying = async <T>(run: () => Promise<T>): Promise<T> => {
  const done = new AbortController();
  const hurry = async () => {
    while (!done.signal.aborted) {
      await remote.control("PUT", "clock", { advanceMs: 5_000 });
      await database.asOwner((client) =>
        client.query(
          "UPDATE bucket SET sent_at = ARRAY(SELECT at - interval '5 seconds' FROM unnest(sent_at) at ORDER BY at)",
        ),
      );
      await sleep(100);
    }
  };
  const hurried = hurry();
  return run().finally(async () => {
    done.abort();
    await hurried;
  });
};

/** Workers take it up whenever its time has come, a minute later each; gives how it ends and how many minutes that took. */
const deliverByItself = async (pushId: string): Promise<{ end: string; minutes: number }> => {
  for (let minutes = 0; ; minutes += 1) {
    const end = await hurrying(() => deliverPush(pushId, { signal }));
    if (end === "done" || end === "stopped") return { end, minutes };
    if (minutes > 30) throw new Error("It does not end.");
    await minutePasses(remote);
  }
};

const standing = async ({ kind }: ConnectorView): Promise<string[]> =>
  kind === "defender"
    ? (await remote.defender()).map(({ indicatorValue }) => indicatorValue)
    : (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1] ?? "");

const receiptOf = async (connector: ConnectorView, { value }: Vouched) => {
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof listReceipts>> = await listReceipts(connector, {
      limit: 500,
      after,
    });
    const found = page.receipts.find((one) => one.value === value);
    if (found || page.next === null) return found;
    after = page.next;
  }
};

/** One of them, wherever it stands among them. */
const pick = (values: readonly Vouched[], place: number): Vouched => {
  const one = values.at(place);
  if (!one) throw new Error("There must be one.");
  return one;
};

type Case = [string, number, object];
const WAYS: readonly Case[] = [
  ["a 500", 0, INTERNAL_ERROR],
  ["a 500", -1, INTERNAL_ERROR],
  ["an answer that cannot be read", 50, UNREADABLE],
  ["a reset", 50, { reset: true }],
  ["a 500 although it is carried out", 50, { processed: true, ...INTERNAL_ERROR }],
];
const CASES = KINDS.flatMap((kind) => WAYS.map((way) => [kind, ...way] as const));
const SEVERAL = KINDS.flatMap(
  (kind) =>
    [
      [kind, PER_REQUEST[kind] + 10, [3, 4, -1]],
      [kind, 12, [1, 3, 6, 8, 11]],
    ] as const,
);

describe("a record that is never answered", () => {
  it.each(CASES)(
    "by %s but with %s, at place %d, keeps nobody else from being sent",
    async (kind, _what, place, fault) => {
      const connector = await connectTo(kind);
      const values = someValues(PER_REQUEST[kind] + 60);
      await vouch(team, values, { name: "List" });
      const pushId = await apply(actor, connector);
      const bad = pick(values, place);
      await neverAnswer(kind, bad, fault);

      const { end, minutes } = await deliverByItself(pushId);

      expect(end).toBe("stopped");
      expect(minutes).toBeLessThan(6);
      const push = await getPush(actor, pushId);
      expect(push.counts).toMatchObject({ accepted: values.length - 1, failed: 0 });
      expect(push.message).toContain("1 record was sent again and again");
      const others = values.filter((one) => one !== bad).map(({ value }) => value);
      expect((await standing(connector)).filter((value) => value !== bad.value).sort()).toEqual(
        others.sort(),
      );
      expect(await receiptOf(connector, bad)).toMatchObject({
        state: "failed",
        reason: expect.stringMatching(
          /answers other records and not this one.*may stand there or not/,
        ) as unknown,
      });
      expect(findOverLimit(await remote.journal())).toEqual([]);
    },
  );

  it.each(SEVERAL)(
    "by %s among %d is found in whatever batch it is, and in its company others like it: those at %j",
    async (kind, count, places) => {
      const connector = await connectTo(kind);
      const values = someValues(count);
      await vouch(team, values, { name: "List" });
      const pushId = await apply(actor, connector);
      const bad = places.map((place) => pick(values, place));
      for (const one of bad) await neverAnswer(kind, one);

      expect((await deliverByItself(pushId)).end).toBe("stopped");

      expect(await getPush(actor, pushId)).toMatchObject({
        counts: { accepted: count - bad.length, failed: 0 },
      });
      for (const one of bad) expect(await receiptOf(connector, one)).toMatchObject({ state: "failed" });
    },
    SLOW_MS,
  );

  it.each(KINDS)(
    "by %s is told what the service said, and sent once more when a person resumes the push",
    async (kind) => {
      const connector = await connectTo(kind);
      const values = someValues(4);
      await vouch(team, values, { name: "List" });
      const pushId = await apply(actor, connector);
      const bad = pick(values, 2);
      await neverAnswer(kind, bad);
      await deliverByItself(pushId);
      const told = await receiptOf(connector, bad);
      expect(told?.reason).toMatch(/HTTP 500.*Object reference not set/);
      expect(told?.reason).not.toContain("It is tried again");
      const { connectors } = await listConnectors(actor, { teamIds: [team.id], limit: 1, after: null });
      expect(connectors).toMatchObject([{ failed: 1, failures: { unanswered: 1, refused: 0 } }]);

      await remote.control("DELETE", "faults");
      await resumePush({ pushId, teamId: team.id, doer: asDoer(actor) });

      expect((await deliverByItself(pushId)).end).toBe("done");
      expect((await standing(connector)).sort()).toEqual(values.map(({ value }) => value).sort());
      expect(await receiptOf(connector, bad)).toMatchObject({ state: "accepted", reason: null });
    },
  );

  it("is settled by the next plan, since it may stand there", async () => {
    const connector = await connectTo("defender");
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const first = await apply(actor, connector);
    const bad = pick(values, 0);
    await neverAnswer("defender", bad, { processed: true, ...INTERNAL_ERROR });
    await deliverByItself(first);
    const more = someValues(1);
    await vouch(team, more, { name: "More" });
    const next = await apply(actor, connector);
    expect(await deliverByItself(next)).toMatchObject({ end: "stopped" });
    await remote.control("DELETE", "faults");

    expect((await deliverByItself(await apply(actor, connector))).end).toBe("done");

    expect(await receiptOf(connector, bad)).toMatchObject({ state: "accepted" });
    expect((await standing(connector)).sort()).toEqual([...values, ...more].map(({ value }) => value).sort());
    // Nothing is left that nobody knows of.
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT FROM push_item WHERE state = 'sending' AND push_id = ANY ($1)", [[first, next]]),
    );
    expect(rows).toEqual([]);
  });

  it("holds back neither what a person saves later nor the connector's own next plan", async () => {
    const connector = await connectTo("defender", "automatic");
    const access = { ...team, role: "owner" as const };
    const save = async (value: Vouched) => {
      await addLocalIndicators(actor, access, [{ value: value.value }]);
      const planned = await planUrgent(connector.id);
      if (planned.status !== "applied") throw new Error(`It was not applied: ${planned.status}.`);
      return planned.pushId;
    };
    const [bad, good] = [pick(someValues(1), 0), pick(someValues(1), 0)];
    await remote.control("POST", "faults", { match: { body: bad.value }, times: null, ...INTERNAL_ERROR });
    const stuck = await save(bad);
    expect(await deliverPush(stuck, { signal })).toBe("waiting");

    expect((await deliverByItself(await save(good))).end).toBe("done");

    // Others are answered, and this one is not.
    expect((await deliverByItself(stuck)).end).toBe("stopped");
    expect(await standing(connector)).toEqual([good.value]);
  });
});

describe("a destination that answers nothing at all", () => {
  it("is no record's fault, however long it lasts", async () => {
    const connector = await connectTo("defender");
    const values = someValues(700);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await remote.control("POST", "faults", { match: { path: "*/import" }, times: null, ...INTERNAL_ERROR });
    for (let tries = 0; tries < 20; tries += 1) {
      expect(await deliverPush(pushId, { signal })).toBe("waiting");
      await minutePasses(remote);
    }
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT FROM push_item WHERE push_id = $1 AND state = 'sending' AND reason IS NOT NULL", [
        pushId,
      ]),
    );
    expect(rows).toEqual([]);
    await remote.control("DELETE", "faults");

    expect((await deliverByItself(pushId)).end).toBe("done");
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 700, failed: 0 } });
  });

  it("keeps an automatic connector from planning for some minutes only", async () => {
    const connector = await connectTo("defender", "automatic");
    await vouch(team, someValues(2), { name: "List" });
    const first = await planAndApply(connector.id);
    if (first.status !== "applied") throw new Error("It was not applied.");
    await remote.control("POST", "faults", { match: { path: "*/import" }, times: null, ...INTERNAL_ERROR });
    expect(await deliverPush(first.pushId, { signal })).toBe("waiting");
    await vouch(team, someValues(1), { name: "Another list" });
    expect(await planAndApply(connector.id)).toMatchObject({ status: "left" });
    await database.asOwner((client) =>
      client.query("UPDATE push SET waiting_since = now() - interval '6 minutes' WHERE id = $1", [
        first.pushId,
      ]),
    );

    expect(await announceMissedPlans()).toBeGreaterThan(0);
    expect(await planAndApply(connector.id)).toMatchObject({ status: "applied" });
    expect(await getPush(actor, first.pushId)).toMatchObject({ state: "stopped" });
  });
});

describe("an identity that a workspace never answers", () => {
  it("keeps no record in", async () => {
    const connector = await connect(actor, team, "sentinel", { isIntroduced: false });
    await database.asOwner((client) =>
      client.query("UPDATE destination SET author_hash = NULL, author_at = NULL"),
    );
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await remote.control("POST", "faults", {
      ...{ match: { path: "*:upload", body: '"type":"identity"' }, times: null },
      ...INTERNAL_ERROR,
    });

    expect(await deliverByItself(pushId)).toEqual({ end: "done", minutes: 0 });
    expect((await standing(connector)).sort()).toEqual(values.map(({ value }) => value).sort());
  });
});
