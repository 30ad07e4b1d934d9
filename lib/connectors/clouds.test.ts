import { describe, expect, it } from "vitest";

import { CLOUDS } from "@/lib/domain/connector/kinds";

import { defenderAddresses, sentinelAddresses, signInAddresses } from "./clouds";

const TENANT = "7e000001-0a1b-4c2d-8e3f-000000000001";
const at = (cloud: (typeof CLOUDS)[number], sandboxOrigin: string | null = "http://127.0.0.1:4010") => ({
  cloud,
  sandboxOrigin,
});

describe("addresses of a cloud", () => {
  it.each(CLOUDS)("has a sign-in host for %s", (cloud) => {
    const { authority, origin } = signInAddresses(at(cloud), TENANT);

    expect(authority).toMatch(new RegExp(`^https://.+/${TENANT}$`));
    expect(origin).toMatch(/^https?:\/\/[^/]+$/);
  });

  it("knows the public cloud", () => {
    expect(defenderAddresses(at("public"))).toEqual({
      baseUrl: "https://api.security.microsoft.com",
      scope: "https://api.securitycenter.microsoft.com/.default",
    });
    expect(sentinelAddresses(at("gcc")).uploadUrl).toBe("https://api.ti.sentinel.azure.com");
  });

  it.each([
    ["Defender in China", () => defenderAddresses(at("china"))],
    ["Sentinel in China", () => sentinelAddresses(at("china"))],
    ["Sentinel in GCC High", () => sentinelAddresses(at("gcc-high"))],
  ])("says that Microsoft has not published %s", (_what, ask) => {
    expect(ask).toThrow("has not published");
  });

  it("puts the sandbox's services below its origin", () => {
    expect(defenderAddresses(at("sandbox")).baseUrl).toBe("http://127.0.0.1:4010/defender");
    expect(sentinelAddresses(at("sandbox"))).toMatchObject({
      uploadUrl: "http://127.0.0.1:4010/sentinel",
      managementUrl: "http://127.0.0.1:4010/arm",
    });
    expect(JSON.parse(signInAddresses(at("sandbox"), TENANT).authorityMetadata ?? "")).toMatchObject({
      authorization_endpoint: "http://127.0.0.1:4010/{tenantid}/oauth2/v2.0/authorize",
      token_endpoint: "http://127.0.0.1:4010/entra/{tenantid}/oauth2/v2.0/token",
    });
  });

  it("uses a sandbox on this machine only", () => {
    expect(() => signInAddresses(at("sandbox", "http://sandbox.example:4010"), TENANT)).toThrow(
      "on this machine",
    );
    expect(() => signInAddresses(at("sandbox", null), TENANT)).toThrow("No sandbox runs here");
    expect(signInAddresses(at("sandbox", "http://localhost:4010"), TENANT).origin).toBe(
      "http://localhost:4010",
    );
  });
});

describe("an administrator's addresses", () => {
  const own = {
    china: { defender: "https://api.example.cn", defenderScope: "https://api.example.cn/.default" },
  };

  it("stand in place of Microsoft's in their cloud alone", () => {
    expect(defenderAddresses({ ...at("china"), overrides: own }).baseUrl).toBe("https://api.example.cn");
    expect(defenderAddresses({ ...at("public"), overrides: own }).baseUrl).toBe(
      "https://api.security.microsoft.com",
    );
    expect(() => sentinelAddresses({ ...at("china"), overrides: own })).toThrow("has not published");
  });

  it("keep host and scope apart: a regional host answers for the same service", () => {
    const overrides = { public: { defender: "https://eu.api.security.microsoft.com" } };
    expect(defenderAddresses({ ...at("public"), overrides })).toEqual({
      baseUrl: "https://eu.api.security.microsoft.com",
      scope: "https://api.securitycenter.microsoft.com/.default",
    });
  });

  it("of sign-in are used as they are, without asking Microsoft's public cloud about them", () => {
    const overrides = { china: { signIn: "https://login.example.cn" } };
    const addresses = signInAddresses({ ...at("china"), overrides }, TENANT);
    expect(addresses).toMatchObject({
      authority: `https://login.example.cn/${TENANT}`,
      knownAuthorities: ["login.example.cn"],
      origin: "https://login.example.cn",
    });
    expect(addresses.authorityMetadata).toContain("https://login.example.cn/{tenantid}/oauth2/v2.0/token");
  });

  it("never move the sandbox", () => {
    expect(defenderAddresses({ ...at("sandbox"), overrides: own }).baseUrl).toContain("127.0.0.1");
  });
});
