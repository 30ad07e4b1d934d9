import { NextRequest } from "next/server";
import { beforeAll, describe, expect, it } from "vitest";

import { proxy } from "@/proxy";

// Read once by a process: these tests are an installation behind https.
beforeAll(() => {
  Object.assign(process.env, {
    APP_URL: "https://sluice.example.com",
    DATABASE_URL: "postgresql://nobody@localhost:1/none",
    AUTH_SECRET: "x".repeat(32),
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
  });
});

const ask = () => proxy(new NextRequest("https://sluice.example.com/t/team-a/feeds?q=x&_rsc=1"));
const nonceOf = (headers: Headers): string | undefined =>
  /'nonce-([\w+/=]+)'/.exec(headers.get("content-security-policy") ?? "")?.[1];

describe("what goes before every page", () => {
  it("keeps browsers on https where APP_URL says so", () => {
    expect(ask().headers.get("strict-transport-security")).toBe("max-age=31536000");
  });

  it("gives every answer a nonce of its own, the same to browser and page", () => {
    const [one, other] = [ask(), ask()];
    expect(nonceOf(one.headers)).toMatch(/^[\w+/]{22}==$/);
    expect(nonceOf(one.headers)).not.toBe(nonceOf(other.headers));
    // As Next hands headers on to what it renders.
    expect(one.headers.get("x-middleware-request-content-security-policy")).toBe(
      one.headers.get("content-security-policy"),
    );
  });

  it("tells the page which address was asked for, without Next's own mark", () => {
    expect(ask().headers.get("x-middleware-request-x-sluice-path")).toBe("/t/team-a/feeds?q=x");
  });
});
