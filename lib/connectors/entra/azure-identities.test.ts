import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { localServers } from "@/lib/http/testing/local-server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";

import { signInAddresses } from "../clouds";
import type { ApplicationCredential } from "./credential";
import { machineIdentityOrigin, showsMachineIdentity } from "./machine-identity";
import { createTokenSource } from "./token-source";

const servers = localServers();

const TENANT = "7e000001-0a1b-4c2d-8e3f-000000000001";
const CLIENT = "a0000001-1a1a-4b2b-8c3c-000000000001";
const SCOPE = "https://management.azure.com/.default";

type Asked = { url: URL; headers: Record<string, unknown>; form: URLSearchParams };

// One for all tests: MSAL keeps the endpoint that the environment named first for as long as the process lives.
let origin: string;
let asked: Asked[] = [];
let answer: { status: number; body: unknown };
beforeAll(async () => {
  origin = await servers.http((request, response) => {
    let form = "";
    request.on("data", (chunk: Buffer) => (form += chunk.toString()));
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://here");
      asked.push({ url, headers: request.headers, form: new URLSearchParams(form) });
      response
        .writeHead(answer.status, { "content-type": "application/json" })
        .end(JSON.stringify(answer.body));
    });
  });
});
afterAll(() => servers.closeAll());
afterEach(() => {
  vi.unstubAllEnvs();
  asked = [];
});

const onAzure = (): void => {
  vi.stubEnv("IDENTITY_ENDPOINT", `${origin}/msi/token`);
  vi.stubEnv("IDENTITY_HEADER", "let-me-in");
};

const sourceOf = (credential: ApplicationCredential) =>
  createTokenSource(
    {
      addresses: signInAddresses({ cloud: "sandbox", sandboxOrigin: origin }, TENANT),
      ...{ tenantId: TENANT, clientId: CLIENT, credential },
    },
    createVendorFetch({ allowedOrigins: [origin] }),
    () => new Date(),
  );

const inAnHour = String(Math.floor(Date.now() / 1000) + 3_600);

describe("a managed identity", () => {
  it("is asked of the endpoint that the environment names, with its header and the user-assigned client id", async () => {
    const body = {
      access_token: "of-the-machine",
      expires_on: inAnHour,
      resource: "r",
      token_type: "Bearer",
    };
    answer = { status: 200, body };
    onAzure();

    expect([showsMachineIdentity(), machineIdentityOrigin()]).toEqual([true, origin]);
    const result = await sourceOf({ kind: "managed-identity", assigned: "user" })(SCOPE);

    expect(result).toMatchObject({ ok: true, value: { value: "of-the-machine" } });
    const [{ url, headers }] = asked as [Asked];
    expect(url.pathname).toBe("/msi/token");
    expect(url.searchParams.get("client_id")).toBe(CLIENT);
    expect(url.searchParams.get("resource")).toBe("https://management.azure.com");
    expect(headers["x-identity-header"]).toBe("let-me-in");
  });

  it("that is not assigned to the machine is told so", async () => {
    answer = { status: 400, body: { statusCode: 400, message: "No managed identity was found." } };
    onAzure();

    const result = await sourceOf({ kind: "managed-identity", assigned: "user" })(
      "https://graph.microsoft.com/.default",
    );

    expect(result).toMatchObject({ ok: false, problem: { retry: "never" } });
    expect(JSON.stringify(result)).toContain("assigned to the machine");
  });

  it("is not offered on a machine that Azure knows through Arc only", () => {
    vi.stubEnv("IDENTITY_ENDPOINT", "http://localhost:40342/metadata/identity/oauth2/token");
    vi.stubEnv("IMDS_ENDPOINT", "http://localhost:40342");
    vi.stubEnv("IDENTITY_HEADER", undefined);
    expect(showsMachineIdentity()).toBe(false);
  });

  it("is not there where the environment shows none", () => {
    for (const name of ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT"]) vi.stubEnv(name, undefined);
    expect(showsMachineIdentity()).toBe(false);
    expect(machineIdentityOrigin()).toBe("http://169.254.169.254");
  });
});

describe("a workload identity", () => {
  it("shows Entra ID the token that the cluster wrote, read anew each time", async () => {
    const folder = await mkdtemp(join(tmpdir(), "workload-"));
    const tokenFile = join(folder, "token");
    answer = { status: 200, body: { access_token: "for-the-pod", expires_in: 3_599, token_type: "Bearer" } };
    const source = sourceOf({ kind: "workload-identity", tokenFile });

    for (const word of ["first", "second"]) {
      await writeFile(tokenFile, `${word}.jwt.token\n`);
      expect(await source(SCOPE, { isFresh: true })).toMatchObject({ ok: true });
    }

    expect(asked.map(({ form }) => form.get("client_assertion"))).toEqual([
      "first.jwt.token",
      "second.jwt.token",
    ]);
    await rm(folder, { recursive: true });
  });

  it("without its file says which setting names it", async () => {
    answer = { status: 500, body: {} };
    const result = await sourceOf({ kind: "workload-identity", tokenFile: "/no/such/file" })(SCOPE);
    expect(JSON.stringify(result)).toContain("AZURE_FEDERATED_TOKEN_FILE");
  });
});
