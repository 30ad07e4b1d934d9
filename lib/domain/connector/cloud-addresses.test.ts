import { describe, expect, it } from "vitest";

import { addressesInputSchema } from "./cloud-addresses";

describe("an address that an administrator gives", () => {
  it.each([
    ["https://api.example.com", "https://api.example.com"],
    ["https://API.Example.com/", "https://api.example.com"],
    ["https://api.example.com:8443", "https://api.example.com:8443"],
  ])("%s is taken as %s", (text, taken) => {
    expect(addressesInputSchema.parse({ signIn: text })).toEqual({ signIn: taken });
  });

  it.each([
    "http://api.example.com",
    "https://127.0.0.1",
    "https://10.0.0.1",
    "https://[::1]",
    "https://0x7f.1",
    "https://2130706433",
    "https://localhost",
    "https://intranet",
    "https://user:pass@api.example.com",
    "https://api.example.com/path",
    "https://api.example.com?x=1",
    "https://api.example.com#x",
    "javascript:alert(1)",
    "api.example.com",
    "",
  ])("%s is refused", (text) => {
    expect(addressesInputSchema.safeParse({ signIn: text }).success).toBe(false);
  });

  it.each([
    ["https://management.azure.com/.default", true],
    ["api://a0000001-1a1a-4b2b-8c3c-000000000001/.default", true],
    ["fc780465-2017-40d4-a0c5-307022471b92/.default", true],
    ["https://management.azure.com", false],
    ["https://management.azure.com/.default openid", false],
    ["", false],
  ])("as the scope %s is taken: %s", (text, isTaken) => {
    expect(addressesInputSchema.safeParse({ azureScope: text }).success).toBe(isTaken);
  });
});
