import { AuthError, ConfidentialClientApplication, type NodeAuthOptions } from "@azure/msal-node";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { CONTOSO, credentialOf, DEFENDER_SCOPE, startHarness, type Harness } from "../testing/harness";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());

/** The way in that contracts.md describes: an authority that is never contacted, endpoints on plain http. */
const clientFor = (
  credential: Pick<NodeAuthOptions, "clientSecret" | "clientCertificate">,
  tenantId: string = CONTOSO.tenantId,
): ConfidentialClientApplication =>
  new ConfidentialClientApplication({
    auth: {
      clientId: credentialOf("TPI_TeamA").clientId,
      ...credential,
      authority: `https://sandbox.invalid/${tenantId}`,
      knownAuthorities: ["sandbox.invalid"],
      authorityMetadata: JSON.stringify({
        authorization_endpoint: `${sandbox.url}/{tenantid}/oauth2/v2.0/authorize`,
        token_endpoint: `${sandbox.url}/entra/{tenantid}/oauth2/v2.0/token`,
        issuer: `${sandbox.url}/entra/{tenantid}/v2.0`,
        jwks_uri: `${sandbox.url}/entra/{tenantid}/discovery/v2.0/keys`,
      }),
    },
  });

const acquire = (client: ConfidentialClientApplication) =>
  client.acquireTokenByClientCredential({ scopes: [DEFENDER_SCOPE] });

describe("@azure/msal-node", () => {
  it("gets a token by secret", async () => {
    const { clientSecret } = credentialOf("TPI_TeamA");

    const result = await acquire(clientFor({ clientSecret }));

    expect(decodeJwt(result?.accessToken ?? "")).toMatchObject({ roles: ["Ti.ReadWrite"], appidacr: "1" });
  });

  it("gets a token by certificate", async () => {
    const { clientId } = credentialOf("TPI_TeamA");
    const registered = z
      .object({ thumbprintSha256: z.string(), privateKeyPem: z.string() })
      .parse((await sandbox.control("POST", `/applications/${clientId}/certificates`)).body);

    const result = await acquire(
      clientFor({
        clientCertificate: {
          thumbprintSha256: registered.thumbprintSha256,
          privateKey: registered.privateKeyPem,
        },
      }),
    );

    expect(decodeJwt(result?.accessToken ?? "")).toMatchObject({ roles: ["Ti.ReadWrite"], appidacr: "2" });
  });

  it("reports a wrong secret with its number", async () => {
    const failure = acquire(clientFor({ clientSecret: "wrong" }));

    await expect(failure).rejects.toBeInstanceOf(AuthError);
    await expect(failure).rejects.toMatchObject({
      errorCode: "invalid_client",
      errorNo: 7000215,
      status: 401,
    });
  });

  it("reports an unknown tenant through the token request", async () => {
    const client = clientFor({ clientSecret: "any" }, "7e00dead-0a1b-4c2d-8e3f-000000000009");

    await expect(acquire(client)).rejects.toMatchObject({ errorCode: "invalid_request", errorNo: 90002 });
  });
});
