import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import {
  CONTOSO,
  credentialOf,
  DEFENDER_SCOPE,
  MANAGEMENT_SCOPE,
  pick,
  startHarness,
  type Harness,
} from "../testing/harness";
import { anyText, textLike } from "../testing/matchers";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const teamA = credentialOf("TPI_TeamA");
const goodForm = {
  grant_type: "client_credentials",
  client_id: teamA.clientId,
  client_secret: teamA.clientSecret,
  scope: DEFENDER_SCOPE,
};
const without = (name: keyof typeof goodForm): Record<string, string> =>
  Object.fromEntries(Object.entries(goodForm).filter(([key]) => key !== name));

describe("the token endpoint", () => {
  it("gives an application its token by secret", async () => {
    const answer = await sandbox.askToken(CONTOSO.tenantId, goodForm);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      token_type: "Bearer",
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: anyText,
    });
  });

  it("knows a tenant by its domain too", async () => {
    expect((await sandbox.askToken("contoso.onmicrosoft.com", goodForm)).status).toBe(200);
  });

  it("tolerates the client-request-id and takes it as correlation id", async () => {
    const answer = await sandbox.request(
      "POST",
      `/entra/${CONTOSO.tenantId}/oauth2/v2.0/token?client-request-id=1b2c`,
      { body: new URLSearchParams({ ...goodForm, client_secret: "x" }) },
    );

    expect(pick(answer.body, "correlation_id")).toBe("1b2c");
  });

  it("signs a JWT that the published keys verify, with the claims of the real one", async () => {
    const token = await sandbox.token("TPI_TeamA");
    const keys = createRemoteJWKSet(new URL(`${sandbox.url}/entra/${CONTOSO.tenantId}/discovery/v2.0/keys`));

    const { payload } = await jwtVerify(token, keys, {
      audience: "https://api.securitycenter.microsoft.com",
    });

    expect(payload).toMatchObject({
      iss: `https://sts.windows.net/${CONTOSO.tenantId}/`,
      tid: CONTOSO.tenantId,
      appid: teamA.clientId,
      app_displayname: "TPI_TeamA",
      roles: ["Ti.ReadWrite"],
      ver: "1.0",
      oid: anyText,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3599);
  });

  it("puts no roles into a token without consent, nor into one for Azure management", async () => {
    expect(decodeJwt(await sandbox.token("TPI_NoConsent"))).not.toHaveProperty("roles");
    expect(decodeJwt(await sandbox.token("TPI_TeamA", MANAGEMENT_SCOPE))).not.toHaveProperty("roles");
  });

  it.each([
    ["https://management.azure.com//.default", "https://management.azure.com/"],
    ["https://management.core.windows.net/.default", "https://management.core.windows.net"],
    [
      "https://securitycenter.onmicrosoft.com/windowsatpservice/.default",
      "https://securitycenter.onmicrosoft.com/windowsatpservice",
    ],
  ])("accepts the scope %s", async (scope, audience) => {
    expect(decodeJwt(await sandbox.token("TPI_TeamA", scope)).aud).toBe(audience);
  });

  it("issues version 2.0 tokens by switch", async () => {
    await sandbox.control("PUT", "/switches", { entraTokenVersion: "2.0" });

    expect(decodeJwt(await sandbox.token("TPI_TeamA"))).toMatchObject({
      ver: "2.0",
      azp: teamA.clientId,
      iss: `${sandbox.url}/entra/${CONTOSO.tenantId}/v2.0`,
    });
  });

  it("states the lifetime as text by switch", async () => {
    await sandbox.control("PUT", "/switches", { entraExpiresIn: "text" });

    expect(pick((await sandbox.askToken(CONTOSO.tenantId, goodForm)).body, "expires_in")).toBe("3599");
  });
});

describe("a refusal", () => {
  const unknownTenant = "7e00dead-0a1b-4c2d-8e3f-000000000009";
  it.each([
    [
      "a wrong secret",
      CONTOSO.tenantId,
      { ...goodForm, client_secret: "wrong" },
      401,
      "invalid_client",
      7000215,
    ],
    [
      "an unknown application",
      CONTOSO.tenantId,
      { ...goodForm, client_id: unknownTenant },
      400,
      "unauthorized_client",
      700016,
    ],
    ["an unknown tenant", unknownTenant, goodForm, 400, "invalid_request", 90002],
    ["a malformed tenant", "not a tenant", goodForm, 400, "invalid_request", 900023],
    ["no scope", CONTOSO.tenantId, without("scope"), 400, "invalid_request", 900144],
    ["no grant type", CONTOSO.tenantId, without("grant_type"), 400, "invalid_request", 900144],
    [
      "another grant type",
      CONTOSO.tenantId,
      { ...goodForm, grant_type: "password" },
      400,
      "unsupported_grant_type",
      70003,
    ],
    [
      "an unknown resource",
      CONTOSO.tenantId,
      { ...goodForm, scope: "https://eu.api.security.microsoft.com/.default" },
      400,
      "invalid_resource",
      500011,
    ],
  ])("of %s carries the full error body", async (_case, tenant, form, status, error, code) => {
    const answer = await sandbox.askToken(tenant, form);

    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error,
      error_description: textLike(
        new RegExp(`^AADSTS${String(code)}: .+ Trace ID: \\S+ Correlation ID: \\S+ Timestamp: .+Z$`),
      ),
      error_codes: [code],
      timestamp: textLike(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      trace_id: anyText,
      correlation_id: anyText,
      error_uri: `https://login.microsoftonline.com/error?code=${String(code)}`,
    });
  });

  it("names an expired secret", async () => {
    const { tenantId, clientId, clientSecret } = credentialOf("TPI_ExpiredSecret");

    const answer = await sandbox.askToken(tenantId, {
      ...goodForm,
      client_id: clientId,
      client_secret: clientSecret,
    });

    expect(answer.status).toBe(401);
    expect(pick(answer.body, "error_codes")).toEqual([7000222]);
  });

  it.each(["7000216", "7000218"])("says that the credential is missing, as %s by switch", async (code) => {
    await sandbox.control("PUT", "/switches", { entraNoCredentialError: code });

    const answer = await sandbox.askToken(CONTOSO.tenantId, without("client_secret"));

    expect(answer).toMatchObject({
      status: 401,
      body: { error: "invalid_client", error_codes: [Number(code)] },
    });
  });

  it.each(["1002012", "70011"])("refuses a scope without /.default, as %s by switch", async (code) => {
    await sandbox.control("PUT", "/switches", { entraScopeError: code });

    const answer = await sandbox.askToken(CONTOSO.tenantId, { ...goodForm, scope: "Ti.ReadWrite" });

    expect(answer).toMatchObject({
      status: 400,
      body: { error: "invalid_scope", error_codes: [Number(code)] },
    });
  });
});

describe("scripted trouble at the token endpoint", () => {
  it.each([
    ["entra-throttled", 429, "5"],
    ["entra-unavailable", 503, "1"],
  ])("%s answers once with Retry-After", async (answer, status, retryAfter) => {
    await sandbox.control("POST", "/faults", { match: { path: "/entra/*/token" }, answer });

    const first = await sandbox.askToken(CONTOSO.tenantId, goodForm);
    const second = await sandbox.askToken(CONTOSO.tenantId, goodForm);

    expect([first.status, second.status]).toEqual([status, 200]);
    expect(first.headers.get("retry-after")).toBe(retryAfter);
  });

  it("can be a proxy's HTML page", async () => {
    await sandbox.control("POST", "/faults", { match: { path: "/entra/*" }, answer: "gateway-html" });

    const answer = await sandbox.askToken(CONTOSO.tenantId, goodForm);

    expect(answer.status).toBe(502);
    expect(answer.headers.get("content-type")).toBe("text/html");
  });
});
