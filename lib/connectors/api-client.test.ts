import { afterEach, describe, expect, it } from "vitest";

import { fail } from "@/lib/domain/result";
import { localServers } from "@/lib/http/testing/local-server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";

import { createApiClient, type ApiCall } from "./api-client";
import { scriptedVendor } from "./testing/scripted-vendor";

const servers = localServers();
afterEach(() => servers.closeAll());

const get = (url: string): ApiCall => ({ operation: "defender.list", method: "GET", url });

describe("api client", () => {
  it("renews the token once after a 401, paces both requests, and gives the second answer", async () => {
    const vendor = await scriptedVendor(servers, ({ authorization }) => ({
      status: authorization === "Bearer token-1" ? 401 : 200,
    }));

    const answer = await vendor.api.call(get(vendor.origin));

    expect(answer.status).toBe(200);
    expect(vendor.requests.map(({ authorization }) => authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
    expect(vendor.paced).toEqual(["defender.list", "defender.list"]);
    expect(vendor.tokenRequests.at(-1)?.insteadOf).toBe("token-1");
  });

  it("takes a second 401 for the last word", async () => {
    const vendor = await scriptedVendor(servers, () => ({ status: 401 }));

    expect((await vendor.api.call(get(vendor.origin))).status).toBe(401);
    expect(vendor.requests).toHaveLength(2);
  });

  it.each([
    [200, "accepted"],
    // A probe that changes nothing is refused by its form.
    [400, "accepted"],
    [403, "accepted"],
    [404, "accepted"],
    [401, "refused"],
    [302, null],
    [407, null],
    [429, null],
    [503, null],
  ])("tells by an HTTP %d whether the credential is taken: %s", async (status, expected) => {
    const told: string[] = [];
    const vendor = await scriptedVendor(servers, () => ({ status }), {
      watch: {
        refused: () => Promise.resolve(void told.push("refused")),
        accepted: () => Promise.resolve(void told.push("accepted")),
      },
    });

    await vendor.api.call(get(vendor.origin));

    expect(told).toEqual(expected === null ? [] : [expected]);
  });

  it("sends nothing without a token, and throws why there is none", async () => {
    const reached: string[] = [];
    const origin = await servers.http((request, response) => {
      reached.push(request.url ?? "");
      response.end();
    });
    const api = createApiClient({
      fetch: createVendorFetch({ allowedOrigins: [origin] }),
      tokens: () =>
        Promise.resolve(
          fail({
            what: "The client secret has expired.",
            fix: "Make a new one.",
            retry: "never",
            retryAfterMs: null,
            reference: null,
          }),
        ),
      scope: "s",
      pace: () => Promise.resolve(),
      now: () => new Date(),
    });

    await expect(api.call(get(origin))).rejects.toThrow("The client secret has expired. Make a new one.");
    expect(reached).toEqual([]);
  });

  it("waits for its turn before it sends", async () => {
    const vendor = await scriptedVendor(servers, () => ({}));
    const api = createApiClient({
      fetch: createVendorFetch({ allowedOrigins: [vendor.origin] }),
      tokens: () =>
        Promise.resolve({ ok: true, value: { value: "t", roles: null, expiresAt: null, aheadMs: 0 } }),
      scope: "s",
      pace: () => Promise.reject(new Error("not now")),
      now: () => new Date(),
    });

    await expect(api.call(get(vendor.origin))).rejects.toThrow("not now");
    expect(vendor.requests).toEqual([]);
  });
});
