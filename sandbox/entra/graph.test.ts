import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { credentialOf, DEFENDER_SCOPE, startHarness, type Harness } from "../testing/harness";

const GRAPH_SCOPE = "https://graph.microsoft.com/.default";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const { clientId } = credentialOf("TPI_TeamA");
const path = `/graph/v1.0/applications(appId='${clientId}')?$select=passwordCredentials,keyCredentials`;
const ask = async (scope: string) =>
  sandbox.request("GET", path, {
    headers: { authorization: `Bearer ${await sandbox.token("TPI_TeamA", scope)}` },
  });
const grant = (...roles: string[]) =>
  sandbox.control("POST", "/applications", {
    tenantId: "7e000001-0a1b-4c2d-8e3f-000000000001",
    clientId,
    roles: ["Ti.ReadWrite", ...roles],
  });

describe("Microsoft Graph's page of an app registration", () => {
  it("shows when each secret ends and how it begins, never the secret", async () => {
    await grant("Application.Read.All");
    const { status, text, body } = await ask(GRAPH_SCOPE);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      passwordCredentials: [{ hint: "san", secretText: null }],
      keyCredentials: [],
    });
    expect(text).not.toContain("secret~of");
  });

  it("is for applications that were granted to read registrations", async () => {
    expect((await ask(GRAPH_SCOPE)).status).toBe(403);
    expect((await ask(DEFENDER_SCOPE)).status).toBe(401);
  });
});
