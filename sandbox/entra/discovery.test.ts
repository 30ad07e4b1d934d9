import { afterAll, beforeAll, expect, it } from "vitest";

import { CONTOSO, startHarness, type Harness } from "../testing/harness";
import { anyText } from "../testing/matchers";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());

const authorize = (host: string): string =>
  encodeURIComponent(`https://${host}/${CONTOSO.tenantId}/oauth2/v2.0/authorize`);

it("publishes where the endpoints of a tenant are", async () => {
  const base = `${sandbox.url}/entra/${CONTOSO.tenantId}`;

  const answer = await sandbox.request(
    "GET",
    `/entra/${CONTOSO.tenantId}/v2.0/.well-known/openid-configuration`,
  );

  expect(answer.body).toMatchObject({
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    issuer: `${base}/v2.0`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  });
});

it("reports an unknown tenant as invalid_tenant", async () => {
  const answer = await sandbox.request("GET", "/entra/nobody.example/v2.0/.well-known/openid-configuration");

  expect(answer).toMatchObject({ status: 400, body: { error: "invalid_tenant", error_codes: [90002] } });
});

it("publishes no private part of its key", async () => {
  const answer = await sandbox.request("GET", `/entra/${CONTOSO.tenantId}/discovery/v2.0/keys`);

  expect(answer.body).toEqual({
    keys: [{ kty: "RSA", use: "sig", alg: "RS256", kid: anyText, n: anyText, e: "AQAB" }],
  });
});

it("discovers itself as an instance", async () => {
  const { host } = new URL(sandbox.url);

  const answer = await sandbox.request(
    "GET",
    `/entra/common/discovery/instance?api-version=1.1&authorization_endpoint=${authorize(host)}`,
  );

  expect(answer.body).toEqual({
    tenant_discovery_endpoint: `${sandbox.url}/entra/${CONTOSO.tenantId}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
});

it("does not vouch for another instance", async () => {
  const answer = await sandbox.request(
    "GET",
    `/common/discovery/instance?authorization_endpoint=${authorize("login.example.com")}`,
  );

  expect(answer).toMatchObject({ status: 400, body: { error: "invalid_instance" } });
});
