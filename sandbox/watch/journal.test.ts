import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import {
  CONTOSO,
  credentialOf,
  DEFENDER_SCOPE,
  pick,
  pickList,
  startHarness,
  type Harness,
} from "../testing/harness";
import { anyNumber, anyText, objectWith, textLike } from "../testing/matchers";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const journal = async (query = "") =>
  pickList((await sandbox.control("GET", `/journal${query}`)).body, "requests");

it("tells what was asked, by whom, and what was answered", async () => {
  await sandbox.as("TPI_TeamA", "POST", "/defender/api/indicators/import?x=1", { Indicators: [] });

  expect(await journal("?path=/defender/*")).toEqual([
    {
      seq: anyNumber,
      id: anyText,
      at: anyText,
      receivedAt: anyText,
      method: "POST",
      path: "/defender/api/indicators/import",
      query: { x: "1" },
      headers: objectWith({ authorization: "Bearer [redacted]" }),
      body: { Indicators: [] },
      principal: {
        tenantId: CONTOSO.tenantId,
        clientId: credentialOf("TPI_TeamA").clientId,
        displayName: "TPI_TeamA",
      },
      bearer: credentialOf("TPI_TeamA").clientId,
      records: [],
      status: 200,
      fault: null,
      durationMs: anyNumber,
    },
  ]);
});

it("keeps no secret, token or assertion", async () => {
  const { clientId, clientSecret } = credentialOf("TPI_TeamA");
  const token = await sandbox.token("TPI_TeamA");
  const fields = { grant_type: "client_credentials", client_id: clientId, scope: DEFENDER_SCOPE };
  await sandbox.askToken(CONTOSO.tenantId, { ...fields, client_secret: clientSecret });
  await sandbox.askToken(CONTOSO.tenantId, { ...fields, client_assertion: "assertion-canary" });
  await sandbox.request("GET", "/feeds/misp-server/users/view/me", {
    headers: { "x-misp-auth": "key-canary", authorization: "key-canary" },
  });
  await sandbox.as("TPI_TeamA", "GET", "/defender/api/indicators");

  const { text } = await sandbox.control("GET", "/journal");

  for (const secret of [clientSecret, "assertion-canary", "key-canary", token])
    expect(text).not.toContain(secret);
  expect(pick((await journal("?path=/entra/*"))[0], "body")).toMatchObject({
    client_id: clientId,
    client_secret: "[redacted]",
  });
});

it("shows a dropped connection and the fault that did it", async () => {
  await sandbox.control("POST", "/faults", { match: { path: "/feeds/*" }, reset: true });
  await expect(sandbox.request("GET", "/feeds/covid19.csv")).rejects.toThrow();

  expect(await journal()).toMatchObject([
    { path: "/feeds/covid19.csv", status: null, fault: textLike(/^fault-/) },
  ]);
});

it("names the records that a request made, though its answer was lost", async () => {
  const { clientId } = credentialOf("TPI_TeamA");
  await sandbox.control("POST", "/faults", { match: { path: "*/import" }, reset: true, processed: true });
  const words = { title: "Made", description: "By a request" };
  const made = { indicatorValue: "made.example.com", indicatorType: "DomainName", action: "Block", ...words };
  await expect(
    sandbox.as("TPI_TeamA", "POST", "/defender/api/indicators/import", { Indicators: [made] }),
  ).rejects.toThrow();

  expect(await journal("?path=*/import")).toMatchObject([
    { status: null, records: [{ id: anyText, value: "made.example.com", createdBy: clientId }] },
  ]);
});

it("tells whose request a fault met, though nobody checked its token", async () => {
  const { clientId } = credentialOf("TPI_TeamA");
  const path = "/defender/api/indicators";
  await sandbox.control("POST", "/faults", { match: { path }, status: 503, times: 2 });
  await sandbox.as("TPI_TeamA", "GET", path);
  await sandbox.request("GET", path, { headers: { authorization: "Bearer nonsense" } });

  expect(await journal("?path=/defender/*")).toMatchObject([
    { status: 503, principal: null, bearer: clientId },
    { status: 503, principal: null, bearer: null },
  ]);
});

it("can be read from where one left off, in part, and emptied", async () => {
  for (const path of ["/feeds/blocklist.txt", "/feeds/covid19.csv", "/feeds/misp/manifest.json"])
    await sandbox.request("GET", path);
  const first = pick((await journal("?limit=3"))[0], "seq");

  expect(await journal(`?sinceSeq=${String(first)}`)).toHaveLength(2);
  expect(await journal("?limit=1")).toMatchObject([{ path: "/feeds/misp/manifest.json" }]);
  expect(await journal("?method=post")).toEqual([]);
  await sandbox.control("DELETE", "/journal");
  expect(await journal()).toEqual([]);
});

it("shows bodies that are neither JSON nor forms as text", async () => {
  await sandbox.request("POST", "/defender/api/indicators", { body: "{ half" });

  expect(await journal()).toMatchObject([{ body: "{ half", status: 401, principal: null }]);
});

it("says how many of the oldest requests it has dropped, until it is emptied", async () => {
  const droppedBy = async () => pick((await sandbox.control("GET", "/journal?limit=1")).body, "dropped");
  const body = "x".repeat(30 * 1024 * 1024);
  for (let sent = 0; sent < 2; sent += 1) await sandbox.request("POST", "/feeds/covid19.csv", { body });
  expect(await droppedBy()).toBe(0);

  await sandbox.request("POST", "/feeds/covid19.csv", { body });
  expect(await droppedBy()).toBe(1);

  await sandbox.control("DELETE", "/journal");
  expect(await droppedBy()).toBe(0);
});
