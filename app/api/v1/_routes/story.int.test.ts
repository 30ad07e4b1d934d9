import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { clientIdOf } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { openApi, read, type ApiClient } from "@/lib/testing/api-client";
import * as contract from "@/lib/testing/api-contract";
import {
  carryOutRun,
  connectorBody,
  invite,
  plan,
  pushNow,
  readAll,
  receiptStates,
  runNow,
} from "@/lib/testing/api-steps";
import { useTestDatabase } from "@/lib/testing/database";
import { makeToken, makeUser } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { ROUTES } from ".";

// The main job, told by a program: every step of a person is a call, and what the queue would have a worker do is done
// here by the very service that the worker calls. Each part builds on the one before.
useTestDatabase();
let sandbox: Sandbox;
const remote = lookAt(() => sandbox.url);
const as = openApi(ROUTES);
const signal = new AbortController().signal;

let admin: ApiClient;
let ownerA: ApiClient;
let analystA: ApiClient;
let ownerB: ApiClient;
/** What later parts need of earlier ones. */
const known = { feed: "", defenderA: "", sentinelA: "", defenderB: "", shared: "" };

const SHARED = "123.123.123.123";
const FEED = "Team A - Microsoft COVID-19 Indicators";

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  admin = as(await makeToken(await makeUser({ isAdministrator: true })));
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

describe("the story, by API", () => {
  it("begins with nobody let in, and with two teams and their people", async () => {
    const { type, status } = read(await as().get("/teams"), 401, contract.problem);
    expect({ type, status }).toEqual({ type: "urn:sluice:problem:unauthenticated", status: 401 });

    for (const name of ["Team A", "Team B"])
      expect(read(await admin.post("/teams", { name }), 201, contract.team).name).toBe(name);
    ownerA = as(await invite(admin, { team: "team-a", email: "ada@team-a.example", role: "owner" }));
    analystA = as(await invite(admin, { team: "team-a", email: "alan@team-a.example", role: "analyst" }));
    ownerB = as(await invite(admin, { team: "team-b", email: "ben@team-b.example", role: "owner" }));

    const { data } = read(await ownerA.get("/teams"), 200, contract.page(contract.team));
    expect(data).toEqual([{ slug: "team-a", name: "Team A" }]);
    expect(read(await ownerA.get("/teams/team-a"), 200, contract.team)).toEqual(data[0]);
    read(await ownerA.get("/teams/team-b"), 404, contract.problem);
  });

  it("tests a connection before it is saved, and says what is wrong by the name of each check", async () => {
    const wrong = { ...connectorBody("team-a", "defender", "TPI_TeamA"), clientSecret: "not the secret" };
    const refused = read(await ownerA.post("/connectors/test", wrong), 200, contract.test);
    expect(refused.ok).toBe(false);
    expect(refused.checks[0]).toMatchObject({ name: "Token", ok: false });
    expect(refused.checks[0]?.fix).not.toBe("");

    for (const kind of ["defender", "sentinel"] as const) {
      const body = connectorBody("team-a", kind, "TPI_TeamA");
      expect(read(await ownerA.post("/connectors/test", body), 200, contract.test).ok).toBe(true);
      const answer = await ownerA.post("/connectors", body);
      const made = read(answer, 201, contract.connector);
      expect(made).toMatchObject({ team: "team-a", kind, cloud: "sandbox", mode: "review" });
      expect(answer.text).not.toContain(body.clientSecret);
      const tested = read(await ownerA.post(`/connectors/${made.id}/test`), 200, contract.test);
      const named = ["Token", "Read", "Write", ...(kind === "defender" ? ["Permission"] : [])];
      expect(tested.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
      known[`${kind}A`] = made.id;
    }
    expect(await readAll(ownerA, "/connectors?team=team-a", contract.connector)).toHaveLength(2);
    const body = connectorBody("team-a", "defender", "TPI_TeamA");
    expect((await analystA.post("/connectors/test", body)).status).toBe(403);
  });

  it("previews a feed, then with another mapping of the same bytes, and makes nothing of it", async () => {
    const url = `${sandbox.url}/feeds/covid19.csv`;
    const input = { team: "team-a", kind: "csv", url, csv: { valueColumns: [2] } };
    const asked = async () => {
      const journal = z.object({ requests: z.array(z.unknown()) });
      return journal.parse(await remote.control("GET", "journal?path=/feeds/*")).requests.length;
    };
    const first = read(await analystA.post("/feeds/preview", input), 200, contract.preview);
    expect(first.counts).toMatchObject({ lines: 950, values: 950, indicators: 950, rejected: 0 });
    expect(first.rows[0]?.indicators).toMatchObject([{ type: "sha256" }]);
    expect(await asked()).toBe(1);

    const { previewId } = first;
    const other = { ...input, previewId, csv: { valueColumns: [2, 5] } };
    const second = read(await analystA.post("/feeds/preview", other), 200, contract.preview);
    expect(second.counts).toMatchObject({ values: 1900, indicators: 950, rejected: 950 });
    expect(second.rows[0]?.rejected).toHaveLength(1);
    expect(await asked()).toBe(1);
    expect((await ownerB.post("/feeds/preview", { ...other, team: "team-b" })).status).toBe(404);
    expect(await readAll(analystA, "/feeds?team=team-a", contract.feed)).toEqual([]);
    expect(await readAll(analystA, "/indicators?team=team-a", contract.indicator)).toEqual([]);
  });

  it("adds the feed once for one Idempotency-Key, and runs it: 950 values, and counts that add up", async () => {
    const columns = { firstSeen: 1, tlp: 4, threatType: 6, comment: 7 };
    const body = {
      ...{ team: "team-a", name: FEED, kind: "csv", url: `${sandbox.url}/feeds/covid19.csv` },
      ...{ provider: "Microsoft", everyMinutes: 60, confidence: 80, tlp: "clear" },
      csv: { valueColumns: [2], columns },
      headers: { "x-lab": "2020" },
      auth: { type: "bearer", token: "not needed there" },
    };
    const key = { "idempotency-key": randomUUID() };
    const made = read(await analystA.post("/feeds", body, key), 201, contract.feed);
    expect(read(await analystA.post("/feeds", body, key), 201, contract.feed).id).toBe(made.id);
    expect(made).toMatchObject({
      ...{ name: FEED, everyMinutes: 60, visibility: "team", removal: "mirror", shrinkLimitPercent: 20 },
      ...{ headers: { "x-lab": "•••" }, auth: { type: "bearer" }, csv: { valueColumns: [2], columns } },
    });
    known.feed = made.id;
    read(await analystA.post(`/feeds/${made.id}/preview`, {}), 200, contract.preview);

    const done = await runNow(analystA, made.id);
    expect(done).toMatchObject({ feedId: made.id, state: "succeeded", extent: "full", error: null });
    expect(done.counts).toMatchObject({ lines: 950, values: 950, added: 950, rejected: 0, active: 950 });
    expect((await runNow(analystA, made.id)).state).toBe("unchanged");
    const runs = await readAll(analystA, `/feeds/${made.id}/runs?limit=1`, contract.run);
    expect(runs.map(({ state }) => state)).toEqual(["unchanged", "succeeded"]);
  });

  it("says of every row of a list that became nothing why, and takes a list out again", async () => {
    const url = `${sandbox.url}/feeds/blocklist.txt`;
    const body = { team: "team-a", name: "Blocklist", kind: "freetext", url };
    const { id } = read(await analystA.post("/feeds", body), 201, contract.feed);
    const done = await runNow(analystA, id);
    expect(done.counts.rejected).toBeGreaterThan(0);
    expect(done.counts.allowlisted).toBeGreaterThan(0);

    const rows = await readAll(analystA, `/runs/${done.id}/rejections?limit=2`, contract.rejection);
    expect(rows).toHaveLength(done.counts.rejected);
    const removed = read(await analystA.remove(`/feeds/${id}`), 200, z.object({ removed: z.int() }));
    expect(removed.removed).toBeGreaterThan(0);
    expect((await analystA.get(`/feeds/${id}`)).status).toBe(404);
  });

  it("adds the team's own indicators, each judged by itself", async () => {
    const one = { value: SHARED, comment: "TeamA", confidence: 90, tlp: "green", tags: ["lab"] };
    const single = read(
      await analystA.post("/indicators", { team: "team-a", indicators: [one] }),
      200,
      contract.added,
    );
    expect(single.data).toMatchObject([{ type: "ipv4", value: SHARED, outcome: "added", reason: null }]);
    known.shared = single.data[0]?.id ?? "";

    const text = [
      ...["45[.]155[.]205[.]7", "hxxps://login.portal-update-example[.]com/verify"],
      ...["portal-update-example[.]com", "44d88612fea8a8f36de82e1278abb02f"],
      ...["3395856ce81f2b7382dee72602f798b642f14140", "somebody[@]portal-update-example[.]com"],
      ...["45.155.206.0/24", "2a00:1450:4001::200e", "not-an-indicator", "host.invalidtld"],
    ];
    const parsed = read(
      await analystA.post("/indicators/parse", { text: text.join("\n") }),
      200,
      contract.parsed,
    );
    expect(parsed.indicators).toHaveLength(8);
    expect(parsed.indicators[0]).toMatchObject({ type: "ipv4", value: "45.155.205.7", line: 1 });
    expect(parsed.indicators[0]?.original).toBe(text[0]);
    expect(parsed.rejected.map(({ line }) => line)).toEqual([9, 10]);

    const indicators = text.map((value) => ({ value, comment: "TeamA, pasted" }));
    const { data } = read(
      await analystA.post("/indicators", { team: "team-a", indicators }),
      200,
      contract.added,
    );
    expect(data.map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 8 }, () => "added"),
      "rejected",
      "rejected",
    ]);
    for (const { outcome, reason } of data) expect(reason === null).toBe(outcome === "added");
  });

  it("finds them by every filter, page by page, and traces one to its line", async () => {
    const all = await readAll(analystA, "/indicators?team=team-a&limit=300&sort=value", contract.indicator);
    expect(all.filter(({ state }) => state === "active")).toHaveLength(959);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const of = async (query: string) =>
      (await readAll(analystA, `/indicators?team=team-a&limit=500&${query}`, contract.indicator)).length;
    expect(await of(`feed=${known.feed}&state=active&type=sha256&tlp=clear`)).toBe(950);
    expect(await of("tlp=green")).toBe(1);
    expect(await of("q=123.123.123.123")).toBe(1);

    const trace = read(await analystA.get(`/indicators/${known.shared}`), 200, contract.trace);
    expect(trace.attributions).toMatchObject([{ team: "team-a", comment: "TeamA" }]);
  });

  it("plans with a reason for each candidate that stays out, and applies exactly what was looked at", async () => {
    const planned = await plan(analystA, known.defenderA);
    expect(planned.counts).toMatchObject({ add: 956, change: 0, remove: 0, keep: 0 });
    expect(planned.counts.blocked).toBeGreaterThan(0);
    expect(read(await analystA.get(`/plans/${planned.id}`), 200, contract.plan)).toEqual(planned);
    const blocked = await readAll(
      analystA,
      `/plans/${planned.id}/items?operation=blocked&limit=2`,
      contract.planItem,
    );
    expect(blocked).toHaveLength(planned.counts.blocked);

    const apply = (hash: string) => analystA.post(`/plans/${planned.id}/apply`, { hash });
    const { type } = read(await apply("0".repeat(64)), 409, contract.problem);
    expect(type).toBe("urn:sluice:problem:stale");
    const { id } = read(await apply(planned.hash), 202, contract.made);
    expect(read(await analystA.get(`/pushes/${id}`), 200, contract.push).state).toBe("queued");
    expect(await receiptStates(analystA, known.defenderA)).toEqual({ pending: 956 });
    await deliverPush(id, { signal });

    const push = read(await analystA.get(`/pushes/${id}`), 200, contract.push);
    expect(push).toMatchObject({ state: "done", failures: [] });
    expect(push.counts).toEqual({ planned: 956, accepted: 956, failed: 0, removed: 0, skipped: 0 });
    const sentinel = await pushNow(analystA, known.sentinelA);
    expect(sentinel.push.counts).toMatchObject({ planned: 959, accepted: 959, failed: 0 });
  });

  it("has a receipt for every indicator, which becomes visible once it is read back", async () => {
    expect(await receiptStates(analystA, known.defenderA)).toEqual({ accepted: 956 });
    for (const id of [known.defenderA, known.sentinelA]) await confirmConnector(id, { signal });
    expect(await receiptStates(analystA, known.defenderA)).toEqual({ visible: 956 });
    expect(await receiptStates(analystA, known.sentinelA)).toEqual({ visible: 959 });

    const record = (await remote.defender()).find(({ indicatorValue }) => indicatorValue === SHARED);
    expect(record?.title).toContain("Team A");
    expect(record?.description).toContain("TeamA");
    expect(record?.createdBy).toBe(clientIdOf("TPI_TeamA"));
    const of = `/connectors/${known.defenderA}/receipts?limit=500&state=visible`;
    const receipts = await readAll(analystA, of, contract.receipt);
    const own = receipts.find(({ indicatorId }) => indicatorId === known.shared);
    expect(own).toMatchObject({ remoteId: record?.id, reason: null });
    expect(Date.parse(own?.expiresAt ?? "")).toBe(Date.parse(record?.expirationTime ?? ""));
    const { receipts: traced } = read(await analystA.get(`/indicators/${known.shared}`), 200, contract.trace);
    expect(traced.map(({ state }) => state)).toEqual(["visible", "visible"]);
  });

  it("tells capacity as null where the application may not see it, else in numbers that add up", async () => {
    const fillOf = async (client: ApiClient, id: string) =>
      read(await client.get(`/connectors/${id}/capacity`), 200, contract.capacity);
    const unseen = { otherTeams: null, foreign: null, free: null, isUnread: false };
    expect(await fillOf(ownerA, known.defenderA)).toEqual({
      ...{ limit: 15_000, ours: 956, headroom: 0, ...unseen },
    });
    expect(await fillOf(ownerA, known.sentinelA)).toEqual({
      ...{ limit: null, ours: null, headroom: null, ...unseen },
    });

    await remote.control("POST", "seed", { foreign: 44 });
    const reader = { ...connectorBody("team-a", "defender", "TPI_Reader"), selection: { feeds: [] } };
    const { id } = read(await ownerA.post("/connectors", reader), 201, contract.connector);
    expect(await fillOf(ownerA, id)).toMatchObject({ foreign: null, isUnread: true });
    await confirmConnector(id, { signal });
    expect(await fillOf(ownerA, id)).toEqual({
      ...{ limit: 15_000, ours: 956, otherTeams: 0, foreign: 44, free: 14_000, headroom: 0, isUnread: false },
    });
    expect((await ownerA.remove(`/connectors/${id}`)).status).toBe(204);
  });

  it("plans nothing a second time, and sends nothing", async () => {
    const before = (await remote.writes()).length;
    for (const id of [known.defenderA, known.sentinelA]) {
      const { planned, push } = await pushNow(analystA, id);
      expect(planned).toMatchObject({ add: 0, change: 0, remove: 0 });
      expect(push).toMatchObject({ state: "done", counts: { planned: 0, accepted: 0, failed: 0 } });
    }
    expect(await remote.writes()).toHaveLength(before);
    const plans = await readAll(analystA, `/connectors/${known.defenderA}/plans?limit=1`, contract.plan);
    expect(plans.map(({ counts }) => counts.add)).toEqual([0, 956]);
    const pushes = contract.push.omit({ failures: true });
    const all = await readAll(analystA, `/connectors/${known.defenderA}/pushes?limit=1`, pushes);
    expect(all.map(({ counts }) => counts.planned)).toEqual([0, 956]);
  });

  it("gives two teams one record, and hands it over when the first withdraws", async () => {
    const body = connectorBody("team-b", "defender", "TPI_TeamB");
    known.defenderB = read(await ownerB.post("/connectors", body), 201, contract.connector).id;
    const own = { team: "team-b", indicators: [{ value: SHARED, comment: "TeamB" }] };
    read(await ownerB.post("/indicators", own), 200, contract.added);
    const found = async () =>
      (await remote.defender()).filter(({ indicatorValue }) => indicatorValue === SHARED);

    expect((await pushNow(ownerB, known.defenderB)).push.counts.accepted).toBe(1);
    expect(await found()).toMatchObject([{ createdBy: clientIdOf("TPI_TeamA") }]);
    expect(JSON.stringify(await found())).toMatch(/Team A.*Team B/);

    const reason = { team: "team-a", reason: "The lab is over" };
    expect((await analystA.post(`/indicators/${known.shared}/withdraw`, reason)).status).toBe(204);
    const { timeline } = read(await analystA.get(`/indicators/${known.shared}`), 200, contract.trace);
    expect(timeline.map(({ what }) => what).join("\n")).toMatch(/Withdrawn by .+: The lab is over/);
    for (const id of [known.defenderA, known.sentinelA])
      expect((await pushNow(analystA, id)).push.counts).toMatchObject({ planned: 1, removed: 1 });
    expect(await found()).toMatchObject([{ createdBy: clientIdOf("TPI_TeamB") }]);
    expect(JSON.stringify(await found())).not.toContain("Team A");
    expect(JSON.stringify(await remote.sentinel())).not.toContain(SHARED);

    const { attributions } = read(await ownerB.get(`/indicators/${known.shared}`), 200, contract.trace);
    expect(attributions.map(({ team, comment }) => [team, comment])).toEqual([["team-b", "TeamB"]]);
  });

  it("holds the run when the feed shrinks; accepted, the plan removes 950 and adds 36", async () => {
    await remote.control("POST", "feeds/covid19", { version: 2 });
    const held = await runNow(analystA, known.feed);
    expect(held).toMatchObject({ state: "held", counts: { values: 36 } });
    expect(held.error?.message).toBeTruthy();
    const { counts } = await plan(analystA, known.defenderA);
    expect(counts).toMatchObject({ add: 0, remove: 0 });

    read(await analystA.post(`/runs/${held.id}/accept`), 202, contract.run);
    const done = await carryOutRun(analystA, held.id);
    expect(done).toMatchObject({ state: "succeeded", counts: { added: 36, removed: 950, active: 36 } });
    const { planned, push } = await pushNow(analystA, known.defenderA);
    expect(planned).toMatchObject({ add: 36, remove: 950 });
    expect(push.counts).toMatchObject({ planned: 986, accepted: 36, removed: 950, failed: 0 });
    const sentinel = await pushNow(analystA, known.sentinelA);
    expect(sentinel.planned).toMatchObject({ add: 36, remove: 950 });
    expect(sentinel.push.counts).toMatchObject({ planned: 986, accepted: 36, removed: 950, failed: 0 });
    // What ended stays in the workspace, and is shown inactive.
    expect(await remote.sentinel("active")).toHaveLength(44);
    expect((await remote.sentinel("latest")).length).toBeGreaterThanOrEqual(950 + 44);
  });

  it("sums it up for the team, and keeps who did what", async () => {
    const overview = z.object({
      feeds: z.object({ total: z.int() }),
      indicators: z.object({ active: z.int() }),
      connectors: z.array(
        z.object({ kind: z.string(), live: z.int(), capacity: contract.capacity.nullable() }),
      ),
      attention: z.array(z.object({ kind: z.string(), message: z.string(), path: z.string() })),
    });
    const seen = read(await ownerA.get("/teams/team-a/overview"), 200, overview);
    expect(seen.indicators.active).toBe(44);
    const live = Object.fromEntries(seen.connectors.map((one) => [one.kind, one.live]));
    expect(live).toEqual({ defender: 41, sentinel: 44 });
    expect(seen.attention).toEqual([]);

    const entry = z.object({ team: z.string().nullable(), actorName: z.string(), action: z.string() });
    const audit = await readAll(ownerA, "/audit?team=team-a&limit=20", entry);
    for (const action of ["connector.create", "feed.create", "plan.apply", "indicator.withdraw"])
      expect(audit.filter((one) => one.action === action).length).toBeGreaterThan(0);
    expect((await ownerA.get("/audit?team=team-b")).status).toBe(404);
    expect(new Set((await readAll(ownerB, "/audit?limit=500", entry)).map(({ team }) => team))).toEqual(
      new Set(["team-b"]),
    );
  });

  it("narrows a token to its scopes and ends it at once", async () => {
    const body = { name: "Reads feeds", scopes: ["feed.read"], expiresInDays: 1 };
    const shown = contract.made.and(z.object({ token: z.string(), scopes: z.array(z.string()) }));
    const { id, token, scopes } = read(await ownerA.post("/tokens", body), 201, shown);
    expect(scopes).toEqual(["feed.read"]);
    const narrow = as(token);
    read(await narrow.get(`/feeds/${known.feed}`), 200, contract.feed);
    const { detail } = read(await narrow.post(`/feeds/${known.feed}/runs`), 403, contract.problem);
    expect(detail).toContain("feed.write");

    const listed = await ownerA.get("/tokens");
    expect(listed.text).not.toContain(token);
    expect((await ownerA.remove(`/tokens/${id}`)).status).toBe(204);
    expect((await narrow.get("/feeds")).status).toBe(401);
  });

  it("names each bad field of a request, and refuses one that it does not know", async () => {
    const body = { team: "team-a", name: "", kind: "csv", url: "ftp://example.com/list", nonsense: 1 };
    const { errors } = read(await analystA.post("/feeds", body), 400, contract.problem);
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(["/name", "/nonsense", "/url"]);
  });
});
