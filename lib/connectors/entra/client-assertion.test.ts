import { createHash, X509Certificate } from "node:crypto";

import { decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, describe, expect, it } from "vitest";

import { localServers } from "@/lib/http/testing/local-server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";
import { createSelfSigned } from "@/sandbox/entra/self-signed";

import { signInAddresses } from "../clouds";
import { readCertificate } from "./read-certificate";
import { createTokenSource } from "./token-source";

const servers = localServers();
afterAll(() => servers.closeAll());

const TENANT = "7e000001-0a1b-4c2d-8e3f-000000000001";
const CLIENT = "a0000001-1a1a-4b2b-8c3c-000000000001";

/** Signs in with a certificate as it was uploaded; gives what Entra ID was shown, and where. */
const signIn = async () => {
  const made = await createSelfSigned("sluice", new Date());
  const forms: URLSearchParams[] = [];
  const origin = await servers.http((request, response) => {
    let form = "";
    request.on("data", (chunk: Buffer) => (form += chunk.toString()));
    request.on("end", () => {
      forms.push(new URLSearchParams(form));
      response
        .writeHead(200)
        .end(JSON.stringify({ token_type: "Bearer", expires_in: 3_599, access_token: "token" }));
    });
  });
  const addresses = signInAddresses({ cloud: "sandbox", sandboxOrigin: origin }, TENANT);
  const { credential } = readCertificate(made.certificatePem + made.privateKeyPem, new Date());
  const source = createTokenSource(
    { addresses, tenantId: TENANT, clientId: CLIENT, credential },
    createVendorFetch({ allowedOrigins: [origin] }),
    () => new Date(),
  );
  expect(await source("https://api.securitycenter.microsoft.com/.default")).toMatchObject({ ok: true });
  const [form] = forms;
  if (!form) throw new Error("Entra ID was not asked.");
  return { form, assertion: form.get("client_assertion") ?? "", origin, ...made };
};

describe("signing in with a certificate", () => {
  it("shows an assertion signed by PS256 that names the certificate by SHA-256, and by nothing older", async () => {
    const { form, assertion, certificatePem } = await signIn();
    const certificate = new X509Certificate(certificatePem);

    expect(decodeProtectedHeader(assertion)).toEqual({
      alg: "PS256",
      typ: "JWT",
      "x5t#S256": createHash("sha256").update(certificate.raw).digest("base64url"),
    });
    expect(form.get("client_assertion_type")).toBe("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    expect(form.has("client_secret")).toBe(false);
  });

  it("is meant for the token endpoint alone, for ten minutes, by the certificate's own key", async () => {
    const { assertion, origin, certificatePem } = await signIn();

    const { payload } = await jwtVerify(assertion, new X509Certificate(certificatePem).publicKey, {
      algorithms: ["PS256"],
      // msal rounds the second it signs in: up to half a second lies ahead of the clock.
      clockTolerance: 1,
    });
    expect(payload).toMatchObject({
      aud: `${origin}/entra/${TENANT}/oauth2/v2.0/token`,
      iss: CLIENT,
      sub: CLIENT,
    });
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect((payload.exp ?? 0) - (payload.nbf ?? 0)).toBe(600);
    expect(Math.abs((payload.nbf ?? 0) - Date.now() / 1_000)).toBeLessThan(10);
  });
});
