import { describe, expect, it } from "vitest";

import { contentPolicy, transportHeaders } from "./browser-rules";

const policyOf = (
  situation: Partial<Parameters<typeof contentPolicy>[0]> = {},
): ReadonlyMap<string, string[]> =>
  new Map(
    contentPolicy({ nonce: "bm9uY2U=", isHttps: true, isDevelopment: false, ...situation })
      .split("; ")
      .map((directive) => {
        const [name = "", ...sources] = directive.split(" ");
        return [name, sources];
      }),
  );

describe("a page's policy", () => {
  it("lets only scripts run that carry the nonce of this answer, and none from text", () => {
    expect(policyOf().get("script-src")).toEqual(["'self'", "'nonce-bm9uY2U='", "'strict-dynamic'"]);
    expect(policyOf({ isDevelopment: true }).get("script-src")).toContain("'unsafe-eval'");
  });

  it("lets nobody frame a page, take over its address or its forms", () => {
    const policy = policyOf();
    expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
    expect(policy.get("base-uri")).toEqual(["'none'"]);
    expect(policy.get("form-action")).toEqual(["'self'"]);
    expect(policy.get("object-src")).toEqual(["'none'"]);
    expect(policy.get("default-src")).toEqual(["'self'"]);
  });

  it("asks for https where people use https, and leaves a start without it reachable", () => {
    expect(policyOf().has("upgrade-insecure-requests")).toBe(true);
    expect(policyOf({ isHttps: false }).has("upgrade-insecure-requests")).toBe(false);
    expect(transportHeaders({ isHttps: true })).toEqual({ "strict-transport-security": "max-age=31536000" });
    expect(transportHeaders({ isHttps: false })).toEqual({});
  });
});
