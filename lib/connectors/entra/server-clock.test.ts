import { decodeJwt } from "jose";
import { afterEach, describe, expect, it } from "vitest";

import { localServers } from "@/lib/http/testing/local-server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";
import { createSelfSigned } from "@/sandbox/entra/self-signed";

import { signInAddresses } from "../clouds";
import { readCertificate } from "./read-certificate";
import { createTokenSource } from "./token-source";

const servers = localServers();
afterEach(() => servers.closeAll());

const TENANT = "7e000001-0a1b-4c2d-8e3f-000000000001";
const CLIENT = "a0000001-1a1a-4b2b-8c3c-000000000001";
const SCOPE = "https://api.securitycenter.microsoft.com/.default";
const TOLERANCE_S = 300;

type Entra = {
  /** How far its clock is ahead of this one. */
  aheadMs: number;
  /** It goes by its clock; else it takes no statement at all. */
  isFair?: boolean;
};

/** An Entra ID that takes a statement only in its time, as its own clock tells. */
const entra = async ({ aheadMs, isFair = true }: Entra) => {
  const statuses: number[] = [];
  const origin = await servers.http((request, response) => {
    let form = "";
    request.on("data", (chunk: Buffer) => (form += chunk.toString()));
    request.on("end", () => {
      const now = new Date(Date.now() + aheadMs);
      const { nbf = 0, exp = 0 } = decodeJwt(new URLSearchParams(form).get("client_assertion") ?? "");
      const seconds = now.getTime() / 1_000;
      const isInTime = isFair && nbf - TOLERANCE_S <= seconds && seconds <= exp + TOLERANCE_S;
      statuses.push(isInTime ? 200 : 401);
      response
        .writeHead(isInTime ? 200 : 401, { date: now.toUTCString() })
        .end(JSON.stringify(isInTime ? TOKEN : OUT_OF_TIME));
    });
  });
  const { certificatePem, privateKeyPem } = await createSelfSigned("sluice", new Date());
  const { credential } = readCertificate(certificatePem + privateKeyPem, new Date());
  const source = createTokenSource(
    {
      addresses: signInAddresses({ cloud: "sandbox", sandboxOrigin: origin }, TENANT),
      ...{ tenantId: TENANT, clientId: CLIENT, credential },
    },
    createVendorFetch({ allowedOrigins: [origin] }),
    () => new Date(),
  );
  return { source, statuses };
};

const TOKEN = { token_type: "Bearer", expires_in: 3_599, access_token: "token" };
const OUT_OF_TIME = {
  error: "invalid_client",
  error_description: "AADSTS700024: Client assertion is not within its valid time range.",
  error_codes: [700024],
};

describe("a certificate on a machine whose clock is off", () => {
  it.each([20 * 60_000, -10 * 60_000])(
    "signs in by Entra ID's time, which is %d ms ahead",
    async (aheadMs) => {
      const { source, statuses } = await entra({ aheadMs });

      expect(await source(SCOPE)).toMatchObject({ ok: true });
      expect(await source(SCOPE, { isFresh: true })).toMatchObject({ ok: true });

      // What the first refusal told is known from then on.
      expect(statuses).toEqual([401, 200, 200]);
    },
  );

  it("is not to blame where that does not help: the clock is, and it is tried again", async () => {
    const { source, statuses } = await entra({ aheadMs: 10 * 60_000, isFair: false });

    const result = await source(SCOPE);

    expect(result).toMatchObject({ ok: false, problem: { retry: "later", isCredentialRefused: false } });
    expect(JSON.stringify(result)).toContain("clock is 10 minutes behind Microsoft's");
    expect(statuses).toEqual([401, 401]);
  });
});
