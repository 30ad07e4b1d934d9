import { randomBytes, randomUUID } from "node:crypto";
import { inspect } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { ROUTES } from "@/app/api/v1/_routes";
import { GET as getDocument } from "@/app/api/v1/openapi.json/route";
import { GET as getMetrics } from "@/app/metrics/route";
import { findActorBySession } from "@/lib/auth/find-actor";
import { makeSessionCookie } from "@/lib/auth/session-cookie";
import { newSecret } from "@/lib/crypto/one-time-secret";
import { seal } from "@/lib/crypto/secret-box";
import { env } from "@/lib/env/server";
import { clientIdOf, CONTOSO, CONTOSO_SOC } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { acceptAsNewUser, findInvitation } from "@/lib/services/people/accept-invitation";
import { bootstrapAdministrator } from "@/lib/services/people/bootstrap-administrator";
import { changePassword } from "@/lib/services/people/change-password";
import { createApiTokenFor } from "@/lib/services/people/create-api-token";
import { signIn } from "@/lib/services/people/sign-in";
import { openApi, read, type ApiClient } from "@/lib/testing/api-client";
import * as contract from "@/lib/testing/api-contract";
import { connectorBody, plan } from "@/lib/testing/api-steps";
import { useTestDatabase } from "@/lib/testing/database";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { openCage, type Said } from "./testing/canaries";
import { captureLog } from "./testing/log-lines";
import { wipeQueueStore } from "./testing/queue-store";
import { ECHO, startRecordingProxy, type RecordingProxy } from "./testing/recording-proxy";
import { dumpQueueStore, findInTables } from "./testing/stored-text";
import { until, workerProcesses, type WorkerProcess } from "./testing/worker-process";

// Every secret there is goes through every door it has, in success and in failure, with the real routes in this process and a
// real worker in another, both logging all they can. Then it is looked for wherever anything is kept or said.
const database = useTestDatabase();
const workers = workerProcesses();
const cage = openCage();
const said: Said[] = [];
const webLog = captureLog();
const as = openApi(ROUTES, (place, { status, headers, text }) => {
  said.push({ place, text: JSON.stringify([status, [...headers]]) + text });
});

let sandbox: Sandbox;
let proxy: RecordingProxy;
let worker: WorkerProcess;
const remote = lookAt(() => sandbox.url);
let admin: ApiClient;
let owner: ApiClient;
const known = { team: "canaries", application: "", defender: "", sentinel: "", feed: "", broken: "" };

/** Carries out what is no call of the API, and keeps what it gave or threw. */
const note = async <T>(place: string, run: () => Promise<T>): Promise<T | null> => {
  try {
    const given = await run();
    said.push({ place, text: inspect(given, { depth: 8 }) });
    return given;
  } catch (error) {
    said.push({ place, text: inspect(error, { depth: 8, showHidden: true }) });
    return null;
  }
};

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  proxy = await startRecordingProxy(sandbox.url);
  Object.assign(process.env, {
    SANDBOX_URL: proxy.url,
    METRICS_TOKEN: cage.make("metrics token"),
    ADMIN_PASSWORD: cage.make("administrator's password"),
    ENTRA_TENANT_ID: CONTOSO,
    ENTRA_CLIENT_ID: clientIdOf("TPI_TeamA"),
    ENTRA_CLIENT_SECRET: cage.make("secret for signing in with Entra ID"),
  });
  await wipeQueueStore(database.asOwner);
  const { AUTH_SECRET, ENCRYPTION_KEYS, DATABASE_URL } = env();
  cage.keep("AUTH_SECRET", AUTH_SECRET);
  for (const { key } of ENCRYPTION_KEYS) cage.keep("encryption key", key.toString("base64"));
  cage.keep("database password", decodeURIComponent(new URL(DATABASE_URL).password));
  worker = await workers.start({ LOG_LEVEL: "trace" });
}, 120_000);
afterAll(async () => {
  await workers.killAll();
  await wipeQueueStore(database.asOwner);
  await proxy.close();
  await sandbox.close();
});

const once = () => ({ "idempotency-key": randomUUID() });

describe("every secret is used", () => {
  it("by people: passwords, links, sessions, one-time passwords and tokens", async () => {
    const password = env().ADMIN_PASSWORD ?? "";
    await note("bootstrap", () => bootstrapAdministrator({ password }));
    const request = { email: env().ADMIN_EMAIL, name: "Script", scopes: ["*"] };
    const { token } = await createApiTokenFor(request);
    admin = as(cage.keep("token of npm run token", token));
    read(await admin.post("/teams", { name: "Canaries", slug: known.team }), 201, contract.team);

    const email = "ann@canaries.example";
    const [address, key] = [`/teams/${known.team}/invitations`, once()];
    const invitation = z.object({ url: z.url() });
    const { url } = read(await admin.post(address, { email, role: "owner" }, key), 201, invitation);
    read(await admin.post(address, { email, role: "owner" }, key), 409, contract.problem);
    const secret = new URL(url).pathname.split("/").at(-1) ?? "";
    cage.keep("invitation link", secret, { shownBy: `POST /teams/{slug}/invitations` });
    await note("invitation", () => findInvitation(secret));
    const chosen = cage.make("password");
    const weak = cage.keep("weak password", randomBytes(5).toString("hex"));
    await note("acceptance", () => acceptAsNewUser({ secret, name: "Ann", password: weak }));
    await note("acceptance", () => acceptAsNewUser({ secret, name: "Ann", password: chosen }));
    await note("acceptance", () => acceptAsNewUser({ secret, name: "Ann", password: chosen }));

    const attempt = { email, address: "192.0.2.7", userAgent: "test", previousSessionId: null };
    await note("sign-in", () => signIn({ ...attempt, password: cage.make("mistyped password") }));
    const sessionId = (await note("sign-in", () => signIn({ ...attempt, password: chosen }))) ?? "";
    const { name, value } = await makeSessionCookie(sessionId);
    const cookie = { cookie: `${name}=${cage.keep("session cookie", value)}` };
    expect((await as().get("/teams", cookie)).status).toBe(200);
    expect((await as().post("/tokens", { name: "Forged", scopes: ["*"] }, cookie)).status).toBe(403);
    const actor = await findActorBySession(sessionId);
    if (!actor) throw new Error("Ann did not get in.");
    const change = { next: cage.make("new password"), address: "192.0.2.7" };
    const wrong = cage.make("wrong present password");
    await note("change", () => changePassword(actor, { ...change, current: wrong }));
    await note("change", () => changePassword(actor, { ...change, current: chosen }));

    const [body, tokenKey] = [{ name: "Own", scopes: ["*"] }, once()];
    const headers = { ...cookie, ...tokenKey, origin: new URL(env().APP_URL).origin };
    const shown = z.object({ token: z.string() });
    const own = read(await as().post("/tokens", body, headers), 201, shown).token;
    read(await as().post("/tokens", body, headers), 409, contract.problem);
    owner = as(cage.keep("API token", own, { shownBy: "POST /tokens" }));
    const unknown = cage.keep("unknown token", newSecret("slu"));
    read(await as(unknown).get("/teams"), 401, contract.problem);

    const reset = `/users/${actor.userId}/password-reset`;
    const given = z.object({ oneTimePassword: z.string() });
    const { oneTimePassword } = read(await admin.post(reset, undefined, once()), 200, given);
    cage.keep("one-time password", oneTimePassword, { shownBy: "POST /users/{id}/password-reset" });
    await note("sign-in", () => signIn({ ...attempt, password: oneTimePassword }));
  });

  it("by connectors: client secrets and a certificate's private key, right and wrong", async () => {
    const clientSecret = cage.make("client secret");
    const roles = { roles: ["Ti.ReadWrite"], sentinelContributorOn: [CONTOSO_SOC] };
    const application = { tenantId: CONTOSO, displayName: "Canary", clientSecret, ...roles };
    const entra = z.object({ clientId: z.uuid() });
    const { clientId } = entra.parse(await remote.control("POST", "applications", application));
    known.application = clientId;
    const base = { ...connectorBody(known.team, "defender", "TPI_TeamA"), clientId, name: "Defender" };
    const good = { ...base, clientSecret };

    const wrong = { ...base, clientSecret: cage.make("wrong client secret") };
    expect(read(await owner.post("/connectors/test", wrong), 200, contract.test).ok).toBe(false);
    read(await owner.post("/connectors", { ...good, nonsense: clientSecret }), 400, contract.problem);
    read(await owner.post("/connectors", { ...good, workspaceId: clientSecret }), 400, contract.problem);
    const made = read(await owner.post("/connectors", good, once()), 201, contract.connector);
    known.defender = made.id;
    const address = `/connectors/${made.id}`;
    expect(read(await owner.post(`${address}/test`), 200, contract.test).ok).toBe(true);
    read(await owner.post("/connectors", { ...good, name: "No\u0000name" }), 400, contract.problem);
    const stored = { clientSecret: cage.make("wrong stored secret") };
    read(await owner.patch(address, stored), 400, contract.problem);
    read(await owner.patch(address, { ...stored, untried: true }), 200, contract.connector);
    expect(read(await owner.post(`${address}/test`), 200, contract.test).ok).toBe(false);
    read(await owner.patch(address, { clientSecret }), 200, contract.connector);

    const pem = z.object({ certificatePem: z.string(), privateKeyPem: z.string() });
    const certified = await remote.control("POST", `applications/${clientId}/certificates`, {});
    const { certificatePem, privateKeyPem } = pem.parse(certified);
    const lines = privateKeyPem.split("\n").filter((line) => /^[\w+/]{64}$/.test(line));
    for (const [index, line] of lines.entries()) cage.keep(`private key, line ${String(index + 1)}`, line);
    const { clientSecret: _, ...sentinel } = {
      ...connectorBody(known.team, "sentinel", "TPI_TeamA"),
      ...{ clientId, name: "Sentinel" },
    };
    const certificate = `${certificatePem}${privateKeyPem}`;
    const torn = `${certificatePem}${privateKeyPem.replace(lines[3] ?? "", "")}`;
    read(await owner.post("/connectors", { ...sentinel, certificate: torn }), 400, contract.problem);
    const both = { ...sentinel, certificate, clientSecret };
    read(await owner.post("/connectors", both), 400, contract.problem);
    known.sentinel = read(
      await owner.post("/connectors", { ...sentinel, certificate }),
      201,
      contract.connector,
    ).id;
    expect(read(await owner.post(`/connectors/${known.sentinel}/test`), 200, contract.test).ok).toBe(true);
  });

  it("by feeds: passwords, tokens, keys and headers, taken, refused and echoed", async () => {
    const make = async (name: string, path: string, auth: object, headers: Record<string, string> = {}) => {
      const url = `${proxy.url}${path}`;
      const body = { team: known.team, name, kind: "csv", url, auth, headers };
      await owner.post("/feeds/preview", body);
      const { id } = read(await owner.post("/feeds", body, once()), 201, contract.feed);
      await owner.post(`/feeds/${id}/preview`, {});
      await owner.post("/feeds/test", body);
      await owner.post(`/feeds/${id}/test`, {});
      return id;
    };
    const username = "feed-reader";
    const right = cage.keep("right feed password", "sandbox-feed-password");
    const password = cage.make("feed password");
    for (const one of [right, password])
      cage.keep(`basic authentication with ${one}`, Buffer.from(`${username}:${one}`).toString("base64"));
    const headers = { "x-api-key": cage.make("feed header") };
    const behind = "/feeds/faults/basic-auth";
    known.feed = await make("Taken", behind, { type: "basic", username, password: right }, headers);
    await make("Refused", behind, { type: "basic", username, password });
    await make("Echoed", ECHO, { type: "bearer", token: cage.make("feed token") }, headers);
    await make("Echoed too", ECHO, { type: "misp", key: cage.make("MISP key") });
    expect(proxy.countOf(ECHO)).toBeGreaterThan(3);
    known.broken = await make("Broken", behind, { type: "bearer", token: cage.make("broken feed's token") });

    const inUrl = { team: known.team, name: "In the address", kind: "csv" };
    const url = `https://me:${cage.make("password in an address")}@feed.example.com/list`;
    read(await owner.post("/feeds", { ...inUrl, url }), 400, contract.problem);
    const odd = { type: "basic", username, password: 5, token: cage.make("misplaced token") };
    read(await owner.post("/feeds", { ...inUrl, url: proxy.url, auth: odd }), 400, contract.problem);
    read(await owner.patch(`/feeds/${known.feed}`, { name: "Taken\u0000" }), 400, contract.problem);
    read(
      await owner.patch(`/feeds/${known.feed}`, { url: "https://elsewhere.example.com/" }),
      400,
      contract.problem,
    );
  });

  it("by a worker: runs that succeed, fail and break, and pushes that end well and badly", async () => {
    // What nobody anticipated: a row of another version, sealed as it should be.
    const other = { headers: 5, auth: { type: "basic", password: cage.make("secret of another shape") } };
    await database.asOwner((client) =>
      client.query("UPDATE feed SET sealed_secrets = $2 WHERE id = $1", [
        known.broken,
        seal(JSON.stringify(other), `feed:${known.broken}`),
      ]),
    );
    const feeds = read(await owner.get("/feeds"), 200, contract.page(contract.feed)).data;
    for (const { id, kind } of feeds.filter((one) => one.kind !== "local")) {
      expect(kind).toBe("csv");
      await owner.post(`/feeds/${id}/runs`);
    }
    await until("The runs", async () => {
      const { rows } = await database.asOwner((client) =>
        client.query<{ state: string }>(
          "SELECT state FROM feed_run WHERE state IN ('queued', 'running') AND feed_id <> $1",
          [known.broken],
        ),
      );
      return rows.length === 0 || null;
    });

    await owner.post("/indicators", { team: known.team, indicators: [{ value: "45.155.205.9" }] });
    const push = async (connectorId: string) => {
      const { id: planId, hash } = await plan(owner, connectorId);
      const { id } = read(await owner.post(`/plans/${planId}/apply`, { hash }), 202, contract.made);
      return until("A push", async () => {
        const found = read(await owner.get(`/pushes/${id}`), 200, contract.push);
        return ["done", "stopped"].includes(found.state) ? found : null;
      });
    };
    for (const id of [known.defender, known.sentinel])
      expect(await push(id)).toMatchObject({ state: "done", counts: { failed: 0 } });

    await remote.control("POST", "faults", {
      ...{ match: { path: "/entra/*" }, times: null },
      ...{ status: 200, body: { access_token: 5, error: "not a token" } },
    });
    await owner.post(`/connectors/${known.defender}/test`);
    await owner.post(`/connectors/${known.sentinel}/test`);
    await remote.control("DELETE", "faults");
    await remote.control("DELETE", `applications/${known.application}`);
    await owner.post("/indicators", { team: known.team, indicators: [{ value: "45.155.205.10" }] });
    await owner.post(`/connectors/${known.defender}/test`);
    expect((await push(known.defender)).state).toBe("stopped");
  });

  it("and everything that can be read is read", async () => {
    const idsAt = async (address: string) =>
      read(await owner.get(address), 200, contract.page(contract.made)).data.map(({ id }) => id);
    const list = { team: known.team, name: "Ours", match: "hostname", effect: "warn" };
    const recalled = { team: known.team, value: "45.155.205.10", reason: "Ours." };
    const bulk = {
      ...{ team: known.team, selection: { filter: { q: "45.155.205.10" } } },
      change: { action: "withdraw", reason: "Ours." },
    };
    const made = async (address: string, body: unknown, status = 201) => [
      read(await owner.post(address, body), status, contract.made).id,
    ];
    const [connectors, feeds] = [[known.defender, known.sentinel], await idsAt("/feeds")];
    const under = async (area: string, ids: readonly string[], what: string) =>
      (await Promise.all(ids.map((id) => idsAt(`/${area}/${id}/${what}`)))).flat();
    await owner.patch(`/teams/${known.team}/rules`, { secondPerson: "all" });
    const waiting = { team: known.team, indicators: [{ value: "45.155.205.11" }] };
    const proposal = read(await owner.post("/indicators", waiting), 202, contract.proposed).proposal.id;
    const ids: Readonly<Record<string, readonly string[]>> = {
      ...{ connectors, feeds, indicators: await idsAt("/indicators?limit=5") },
      ...{ allowlists: await made("/allowlists", list), recalls: await made("/recalls", recalled) },
      proposals: [proposal],
      "bulk-changes": await made("/bulk-changes", bulk, 202),
      runs: await under("feeds", feeds, "runs"),
      plans: await under("connectors", connectors, "plans"),
      pushes: await under("connectors", connectors, "pushes"),
    };
    const reading = ROUTES.map(({ definition }) => definition).filter(({ method }) => method === "GET");
    for (const { path } of reading) {
      const area = path.split("/")[1] ?? "";
      for (const id of path.includes("{id}") ? (ids[area] ?? []) : [""])
        for (const client of [owner, admin])
          await client.get(
            `${path.replace("{slug}", known.team).replace("{id}", id).replace("{other}", id)}${NEED_A_TEAM.has(path) ? `?team=${known.team}` : ""}`,
          );
    }
    const isRead = ({ path }: { path: string }): boolean =>
      said.some(({ place, text }) => place === `GET ${path}` && text.startsWith("[200"));
    expect(reading.filter((one) => !isRead(one))).toEqual([]);
    for (const authorization of ["", `Bearer ${env().METRICS_TOKEN ?? ""}`]) {
      const request = new Request("http://localhost/metrics", { headers: { authorization } });
      const response = await getMetrics(request);
      expect(response.status).toBe(authorization === "" ? 401 : 200);
      said.push({ place: "GET /metrics", text: await response.text() });
    }
    said.push({ place: "GET /openapi.json", text: await getDocument().text() });
  });
});

describe("no secret is found", () => {
  it("in any answer, but for the one that shows it once", () => {
    for (const token of proxy.tokens) cage.keep(`token on the wire ${token.slice(-9)}`, token);
    expect(proxy.tokens.size).toBeGreaterThan(3);
    expect(cage.names().length).toBeGreaterThan(40);
    expect(cage.shown(said)).toEqual(["invitation link", "API token", "one-time password"]);
    expect(said.some(({ text }) => text.includes(known.defender))).toBe(true);
    expect(cage.findIn(said)).toEqual([]);
  });

  it("in any line of a log, of the web or of a worker", () => {
    expect(webLog.join("\n")).toContain("Sign-in refused");
    expect(worker.lines.some((line) => line.includes('"level":50'))).toBe(true);
    const lines = (place: string, all: readonly string[]) => all.map((text) => ({ place, text }));
    expect(cage.findIn([...lines("web", webLog), ...lines("worker", worker.lines)])).toEqual([]);
  });

  it("in any column of any table: jobs, outbox, audit, kept answers and bodies included", async () => {
    const seen = await findInTables(database.asOwner, [known.application]);
    expect(seen.map(({ place }) => place)).toContain("public.connector");
    const found = await findInTables(database.asOwner, cage.needles());
    expect(found.map(({ place, needle }) => `${cage.nameOf(needle)}: ${place}`)).toEqual([]);
  });

  it("in anything that the queue keeps, wherever it lives", async () => {
    const kept = (await dumpQueueStore(database.asOwner)).map((text) => ({ place: text.slice(0, 60), text }));
    expect(kept.some(({ text }) => text.includes("feed.ingest"))).toBe(true);
    expect(cage.findIn(kept)).toEqual([]);
  });
});

const NEED_A_TEAM: ReadonlySet<string> = new Set([
  "/feeds/shared",
  "/feeds/overlap",
  "/feeds/export",
  "/allowlists/bundled",
]);
