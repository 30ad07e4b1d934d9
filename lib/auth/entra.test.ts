import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const ISSUER = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0";
const person = {
  iss: ISSUER,
  oid: "7d0f2d8e-3a0c-4a7e-9f6f-2f0f2f6b7a11",
  preferred_username: "Ada@Contoso.example",
};
const settings = {
  ENTRA_TENANT_ID: "72f988bf-86f1-41af-91ab-2d7cd011db47",
  ENTRA_CLIENT_ID: "b2a1c9de-0f34-4b1e-8a57-9d6b2f0c4e11",
  ENTRA_CLIENT_SECRET: "a secret of an application",
};

/** The module as it is after a start with these settings: the environment is read once. */
const startWith = async (given: Record<string, string>) => {
  vi.resetModules();
  for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
  return import("./entra");
};

beforeEach(() => {
  vi.stubEnv("DATABASE_URL", "postgresql://user:pass@127.0.0.1:1/none");
  vi.stubEnv("AUTH_SECRET", "a secret of more than thirty-two characters");
  vi.stubEnv("ENCRYPTION_KEYS", `t:${Buffer.alloc(32).toString("base64")}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("signing in with Microsoft", () => {
  it("is not offered without its settings", async () => {
    const { hasEntraSignIn, entraProviders } = await startWith({});
    expect(hasEntraSignIn()).toBe(false);
    expect(entraProviders()).toEqual([]);
  });

  it("asks the one tenant of the settings, and makes sure that the answer is to its own question", async () => {
    const { hasEntraSignIn, entraProviders } = await startWith(settings);
    expect(hasEntraSignIn()).toBe(true);
    const [provider] = entraProviders();
    expect(provider?.options).toMatchObject({
      wellKnown: `${ISSUER}/.well-known/openid-configuration`,
      checks: ["pkce", "state", "nonce"],
    });
  });

  it.each([
    ["the name for signing in, without case", {}, ["ada@contoso.example"]],
    [
      "the UPN before it",
      { upn: "a.lovelace@contoso.example" },
      ["a.lovelace@contoso.example", "ada@contoso.example"],
    ],
    [
      "an e-mail address whose domain is the tenant's",
      { email: "Ada@mail.example", xms_edov: true },
      ["ada@contoso.example", "ada@mail.example"],
    ],
    [
      "that, told by a number",
      { email: "ada@mail.example", xms_edov: 1 },
      ["ada@contoso.example", "ada@mail.example"],
    ],
    ["no e-mail address that nobody checked", { email: "boss@contoso.example" }, ["ada@contoso.example"]],
    [
      "no e-mail address of a foreign domain",
      { email: "boss@contoso.example", xms_edov: false },
      ["ada@contoso.example"],
    ],
    ["the same address once", { upn: "ada@contoso.example" }, ["ada@contoso.example"]],
  ])("goes by %s", async (_what, claims, addresses) => {
    const { readEntraPerson } = await startWith(settings);
    expect(readEntraPerson({ ...person, ...claims })).toEqual({ objectId: person.oid, addresses });
  });

  it.each([
    ["a guest of another tenant", { idp: "https://sts.windows.net/11111111-2222-4333-8444-555555555555/" }],
    ["a guest, told by the kind of account", { acct: 1 }],
    ["somebody without an address", { preferred_username: "+49 170 0000000" }],
    ["somebody without an object id", { oid: undefined }],
  ])("knows nothing of %s", async (_what, claims) => {
    const { readEntraPerson } = await startWith(settings);
    expect(readEntraPerson({ ...person, ...claims })).toBeNull();
  });
});
