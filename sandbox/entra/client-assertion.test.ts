import { createPrivateKey, X509Certificate } from "node:crypto";

import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";

import { CONTOSO, credentialOf, DEFENDER_SCOPE, pick, startHarness, type Harness } from "../testing/harness";

const { clientId } = credentialOf("TPI_TeamA");
const registered = z.object({
  thumbprintSha256: z.string(),
  thumbprintSha1: z.string(),
  certificatePem: z.string(),
  privateKeyPem: z.string(),
});
type Registered = z.infer<typeof registered>;

let sandbox: Harness;
let certificate: Registered;
const register = async (): Promise<Registered> =>
  registered.parse((await sandbox.control("POST", `/applications/${clientId}/certificates`)).body);

beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control("POST", "/reset");
  certificate = await register();
});

const encode = (thumbprint: string): string => Buffer.from(thumbprint, "hex").toString("base64url");

const ask = async (
  change: {
    alg?: "PS256" | "RS256";
    header?: Record<string, string>;
    aud?: string;
    iss?: string;
    key?: string;
    expiresIn?: number;
  } = {},
) => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const assertion = await new SignJWT({ jti: "j-1" })
    .setProtectedHeader({
      typ: "JWT",
      alg: change.alg ?? "PS256",
      ...(change.header ?? { "x5t#S256": encode(certificate.thumbprintSha256) }),
    })
    .setAudience(change.aud ?? `${sandbox.url}/entra/${CONTOSO.tenantId}/oauth2/v2.0/token`)
    .setIssuer(change.iss ?? clientId)
    .setSubject(change.iss ?? clientId)
    .setNotBefore(nowSeconds - 600)
    .setExpirationTime(nowSeconds + (change.expiresIn ?? 600))
    .sign(createPrivateKey(change.key ?? certificate.privateKeyPem));
  return sandbox.askToken(CONTOSO.tenantId, {
    grant_type: "client_credentials",
    client_id: clientId,
    scope: DEFENDER_SCOPE,
    client_assertion: assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  });
};

it("makes a certificate that parses, signs itself and has the thumbprint it says", () => {
  const parsed = new X509Certificate(certificate.certificatePem);

  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.checkPrivateKey(createPrivateKey(certificate.privateKeyPem))).toBe(true);
  expect(parsed.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(certificate.thumbprintSha256);
  expect(parsed.subject).toBe("CN=TPI_TeamA");
  expect(Date.parse(parsed.validTo)).toBeGreaterThan(Date.now());
});

it("registers a certificate that somebody brings", async () => {
  const other = await startHarness();
  const made = registered.parse((await other.control("POST", `/applications/${clientId}/certificates`)).body);
  await other.close();

  const answer = await sandbox.control("POST", `/applications/${clientId}/certificates`, {
    certificatePem: made.certificatePem,
  });

  expect(answer).toMatchObject({ status: 201, body: { thumbprintSha256: made.thumbprintSha256 } });
  certificate = made;
  expect((await ask()).status).toBe(200);
});

it.each(["PS256", "RS256"] as const)("gives a token for a %s assertion", async (alg) => {
  expect((await ask({ alg })).status).toBe(200);
});

it("takes the deprecated SHA-1 thumbprint", async () => {
  expect((await ask({ alg: "RS256", header: { x5t: encode(certificate.thumbprintSha1) } })).status).toBe(200);
});

it("refuses an assertion signed with another key", async () => {
  const { privateKeyPem } = await register();

  const answer = await ask({ key: privateKeyPem });

  expect(answer).toMatchObject({ status: 401, body: { error: "invalid_client", error_codes: [700027] } });
  expect(pick(answer.body, "error_description")).toContain("invalid signature");
});

it("refuses a thumbprint that is not registered, which colons would cause", async () => {
  const answer = await ask({ header: { "x5t#S256": "uQ" } });

  expect(pick(answer.body, "error_description")).toContain("The key was not found.");
});

it.each([
  ["for another audience", { aud: "https://login.example.com/token" }, 700023],
  ["of another application", { iss: credentialOf("TPI_TeamB").clientId }, 700021],
  ["out of its time", { expiresIn: -400 }, 700024],
])("refuses an assertion %s", async (_case, change, code) => {
  expect(await ask(change)).toMatchObject({ status: 401, body: { error_codes: [code] } });
});

it.each([16, -16])("goes by its own clock, which is %d minutes off, and says what it is", async (minutes) => {
  await sandbox.control("PUT", "/clock", { offsetMs: minutes * 60_000 });

  const answer = await ask();

  expect(answer).toMatchObject({ status: 401, body: { error_codes: [700024] } });
  const said = Date.parse(answer.headers.get("date") ?? "") - Date.now();
  expect(Math.abs(said - minutes * 60_000)).toBeLessThan(10_000);
});

it("refuses what is no JWT", async () => {
  const answer = await sandbox.askToken(CONTOSO.tenantId, {
    grant_type: "client_credentials",
    client_id: clientId,
    scope: DEFENDER_SCOPE,
    client_assertion: "nonsense",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  });

  expect(answer).toMatchObject({ status: 400, body: { error_codes: [50027] } });
});
