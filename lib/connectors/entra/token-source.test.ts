import { afterEach, describe, expect, it, vi } from "vitest";

import { localServers } from "@/lib/http/testing/local-server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";

import { signInAddresses } from "../clouds";
import { createTokenSource, type TokenSource } from "./token-source";
import { createTokenSources } from "./token-sources";

const servers = localServers();
afterEach(async () => {
  vi.useRealTimers();
  await servers.closeAll();
});

const TENANT = "7e000001-0a1b-4c2d-8e3f-000000000001";
const CLIENT = "a0000001-1a1a-4b2b-8c3c-000000000001";
const SCOPE = "https://api.securitycenter.microsoft.com/.default";
const SECRET = "canary~secret";

type Answer = { status?: number; headers?: Record<string, string>; body: unknown };
type Entra = { source: TokenSource; bodies: URLSearchParams[]; paths: string[]; clock: { now: Date } };

const entra = async (answer: (number: number) => Answer): Promise<Entra> => {
  const bodies: URLSearchParams[] = [];
  const paths: string[] = [];
  const origin = await servers.http((request, response) => {
    let form = "";
    request.on("data", (chunk: Buffer) => (form += chunk.toString()));
    request.on("end", () => {
      bodies.push(new URLSearchParams(form));
      paths.push((request.url ?? "").split("?")[0] ?? "");
      const { status = 200, headers = {}, body } = answer(bodies.length);
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  const clock = { now: new Date() };
  const addresses = signInAddresses({ cloud: "sandbox", sandboxOrigin: origin }, TENANT);
  const source = createTokenSource(
    { addresses, tenantId: TENANT, clientId: CLIENT, credential: { kind: "secret", secret: SECRET } },
    createVendorFetch({ allowedOrigins: [origin] }),
    () => clock.now,
  );
  return { source, bodies, paths, clock };
};

const token = (number: number, more: object = {}): Answer => ({
  body: { token_type: "Bearer", expires_in: 3599, access_token: `token-${String(number)}`, ...more },
});
const refused = (code: number): Answer => ({
  status: 401,
  body: { error: "invalid_client", error_description: `AADSTS${String(code)}: No.`, error_codes: [code] },
});

describe("token source", () => {
  it("asks the sandbox's token endpoint for the tenant, with the secret in the form", async () => {
    const { source, bodies, paths } = await entra(token);

    const result = await source(SCOPE);

    expect(result).toMatchObject({ ok: true, value: { value: "token-1" } });
    expect(paths).toEqual([`/entra/${TENANT}/oauth2/v2.0/token`]);
    expect(Object.fromEntries(bodies[0] ?? [])).toMatchObject({
      client_id: CLIENT,
      client_secret: SECRET,
      grant_type: "client_credentials",
      scope: SCOPE,
    });
  });

  it("asks once for any number of parallel calls, and keeps the token", async () => {
    const { source, bodies } = await entra(token);

    await Promise.all(Array.from({ length: 20 }, () => source(SCOPE)));
    await source(SCOPE);

    expect(bodies).toHaveLength(1);
  });

  it("keeps tokens of different services apart", async () => {
    const { source, bodies } = await entra(token);

    await source(SCOPE);
    await source("https://management.azure.com/.default");

    expect(bodies.map((body) => body.get("scope"))).toEqual([SCOPE, "https://management.azure.com/.default"]);
  });

  it("fetches another token instead of a refused one, once however many were refused", async () => {
    const { source, bodies } = await entra(token);
    await source(SCOPE);

    const renewed = await Promise.all([
      source(SCOPE, { insteadOf: "token-1" }),
      source(SCOPE, { insteadOf: "token-1" }),
    ]);
    const late = await source(SCOPE, { insteadOf: "token-1" });

    expect(bodies).toHaveLength(2);
    expect([...renewed, late]).toMatchObject(
      Array.from({ length: 3 }, () => ({ value: { value: "token-2" } })),
    );
  });

  it("asks again when a fresh token is wanted", async () => {
    const { source } = await entra(token);
    await source(SCOPE);

    expect(await source(SCOPE, { isFresh: true })).toMatchObject({ value: { value: "token-2" } });
    expect(await source(SCOPE)).toMatchObject({ value: { value: "token-2" } });
  });

  it("is not locked out after an outage", async () => {
    const { source } = await entra((number) =>
      number === 1 ? { status: 500, body: { error: "server_error" } } : token(number),
    );

    expect(await source(SCOPE)).toMatchObject({ ok: false, problem: { retry: "later" } });
    expect(await source(SCOPE)).toMatchObject({ ok: true, value: { value: "token-2" } });
  });

  it("does not ask again before the time that Entra ID named", async () => {
    const { source, bodies, clock } = await entra((number) =>
      number === 1
        ? { status: 429, headers: { "retry-after": "5" }, body: { error: "temporarily_unavailable" } }
        : token(number),
    );

    expect(await source(SCOPE)).toMatchObject({ ok: false, problem: { retryAfterMs: 5000 } });
    clock.now = new Date(clock.now.getTime() + 2000);
    expect(await source(SCOPE)).toMatchObject({ ok: false, problem: { retryAfterMs: 3000 } });
    expect(bodies).toHaveLength(1);

    clock.now = new Date(clock.now.getTime() + 3001);
    expect(await source(SCOPE)).toMatchObject({ ok: true });
  });

  it("goes on with a token that still holds when renewing it early fails", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { source, bodies } = await entra((number) =>
      number === 1 ? token(1, { refresh_in: 1800 }) : { status: 503, body: "" },
    );
    await source(SCOPE);
    vi.setSystemTime(Date.now() + 1_900_000);

    const second = await source(SCOPE);

    expect(bodies).toHaveLength(2);
    expect(second).toMatchObject({ ok: true, value: { value: "token-1" } });
  });

  it.each([7000215, 7000222, 700016, 90002])(
    "explains AADSTS%d and asks again at once when the setting is mended",
    async (code) => {
      const { source } = await entra((number) => (number === 1 ? refused(code) : token(number)));

      const first = await source(SCOPE);

      expect(first).toMatchObject({
        ok: false,
        problem: { retry: "never", reference: `AADSTS${String(code)}` },
      });
      expect(await source(SCOPE)).toMatchObject({ ok: true });
    },
  );

  it.each([
    ["a gateway's page", { status: 502, body: "<html>Bad Gateway</html>" }, "HTTP 502"],
    ["a proxy's page with 200", { status: 200, body: "<html>Please sign in</html>" }, "proxy"],
    ["JSON without a token", { status: 200, body: {} }, "proxy"],
    ["a refusal that is not Entra ID's", { status: 403, body: "denied by policy" }, "proxy"],
  ])("recognises %s", async (_what, answer, words) => {
    const { source } = await entra(() => answer);

    const result = await source(SCOPE);

    expect(result).toMatchObject({ ok: false, problem: { retry: "later" } });
    expect(result.ok ? "" : result.problem.what).toContain(words);
  });

  it("takes a lifetime given as text, and a token without one", async () => {
    const text = await entra((number) => token(number, { expires_in: "3599" }));
    const none = await entra((number) => token(number, { expires_in: undefined }));

    expect(await text.source(SCOPE)).toMatchObject({ ok: true });
    expect(await none.source(SCOPE)).toMatchObject({ ok: true });
  });

  it("says that nothing answers", async () => {
    const { source } = await entra(token);
    await servers.closeAll();

    expect(await source(SCOPE)).toMatchObject({
      ok: false,
      problem: { retry: "later", what: expect.stringContaining("refused the connection") as unknown },
    });
  });

  it("lets one caller leave without taking the token from the others", async () => {
    const { source } = await entra(token);
    const stop = new AbortController();
    const leaving = source(SCOPE, { signal: stop.signal });
    const staying = source(SCOPE);
    stop.abort(new Error("stopped"));

    await expect(leaving).rejects.toThrow("stopped");
    expect(await staying).toMatchObject({ ok: true });
  });

  it.each([refused(7000215), { status: 502, body: "<html>" }, { status: 400, body: "x" }])(
    "never repeats the secret in a failure",
    async (answer) => {
      const { source } = await entra(() => answer);

      expect(JSON.stringify(await source(SCOPE))).not.toContain("canary");
    },
  );
});

describe("token sources", () => {
  it("are one for each application and credential", () => {
    const sources = createTokenSources();
    const addresses = signInAddresses({ cloud: "public", sandboxOrigin: null }, TENANT);
    const signIn = {
      addresses,
      tenantId: TENANT,
      clientId: CLIENT,
      credential: { kind: "secret", secret: "a" },
    } as const;

    expect(sources(signIn)).toBe(sources({ ...signIn }));
    expect(sources(signIn)).not.toBe(sources({ ...signIn, credential: { kind: "secret", secret: "b" } }));
    expect(sources(signIn)).not.toBe(sources({ ...signIn, clientId: TENANT }));
  });

  it("do not grow for ever", () => {
    const sources = createTokenSources();
    const addresses = signInAddresses({ cloud: "public", sandboxOrigin: null }, TENANT);
    const open = (secret: string) =>
      sources({ addresses, tenantId: TENANT, clientId: CLIENT, credential: { kind: "secret", secret } });
    const first = open("first");
    for (let number = 0; number < 250; number += 1) open(String(number));

    expect(open("first")).not.toBe(first);
    expect(open("249")).toBe(open("249"));
  });
});
