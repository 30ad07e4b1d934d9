import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { localServers } from "@/lib/http/testing/local-server";

import type { OutgoingRecord } from "../contract";
import { outgoing } from "../testing/records";
import { scriptedVendor, type ScriptedAnswer, type Seen } from "../testing/scripted-vendor";
import { createDefenderDestination } from "./destination";

const servers = localServers();
afterEach(() => servers.closeAll());

const importSchema = z.object({ Indicators: z.array(z.object({ indicatorValue: z.string() })) });
const valuesOf = ({ body }: Seen): string[] =>
  importSchema.parse(body).Indicators.map(({ indicatorValue }) => indicatorValue);
const takeAll = (request: Seen): ScriptedAnswer => ({
  json: {
    value: valuesOf(request).map((indicator, place) => ({
      id: String(place + 1),
      indicator,
      isFailed: false,
      failureReason: null,
    })),
  },
});
const refuse = (message: string): ScriptedAnswer => ({
  status: 400,
  json: { error: { code: "BadRequest", message, target: "t" } },
});

const open = async (answer: (request: Seen, number: number) => ScriptedAnswer) => {
  const vendor = await scriptedVendor(servers, answer);
  const destination = createDefenderDestination({
    api: vendor.api,
    baseUrl: `${vendor.origin}/defender`,
    clientId: "app",
    application: "Sluice",
    acceptsMd5: false,
    now: () => new Date(),
  });
  return { ...vendor, destination };
};
const batch = (size: number): OutgoingRecord[] => Array.from({ length: size }, (_, index) => outgoing(index));

describe("push to Defender", () => {
  it("imports a batch in one request and gives a receipt for each record, in order", async () => {
    const { destination, requests } = await open(takeAll);

    const receipts = await destination.push(batch(3));

    expect(requests).toMatchObject([{ method: "POST", path: "/defender/api/indicators/import" }]);
    expect(receipts).toEqual(
      batch(3).map(({ indicatorId }, place) => ({
        indicatorId,
        outcome: { status: "accepted", remoteId: String(place + 1) },
      })),
    );
  });

  it("does not send what Defender is known to refuse, and says why", async () => {
    const { destination, requests } = await open(takeAll);

    const receipts = await destination.push([
      outgoing(0, { type: "ipv4-cidr", value: "198.51.100.0/24" }),
      outgoing(1),
      outgoing(2, { validUntil: new Date(Date.now() - 1) }),
      outgoing(3, { action: "BlockAndRemediate" }),
    ]);

    expect(requests.flatMap(valuesOf)).toEqual(["host-1.example.com"]);
    expect(receipts.map(({ outcome }) => outcome)).toMatchObject([
      {
        status: "rejected",
        code: "invalid",
        reason: "Defender takes single IP addresses, no networks (CIDR).",
      },
      { status: "accepted", remoteId: "1" },
      { status: "rejected", code: "expired", reason: "Its validity ended before it was sent." },
      { status: "rejected", code: "invalid" },
    ]);
  });

  it("takes a refused batch apart down to the offender, who gets the service's reason", async () => {
    const { destination, requests } = await open((request) =>
      valuesOf(request).includes("host-11.example.com")
        ? refuse("Something in here is invalid.")
        : takeAll(request),
    );

    const receipts = await destination.push(batch(16));

    expect(receipts.map(({ outcome }) => outcome.status)).toEqual(
      batch(16).map((_, index) => (index === 11 ? "rejected" : "accepted")),
    );
    expect(receipts[11]?.outcome).toMatchObject({ reason: "Something in here is invalid.", code: "invalid" });
    expect(requests.length).toBeLessThan(10);
  });

  it("goes straight to an offender that the refusal names", async () => {
    const { destination, requests } = await open((request) =>
      valuesOf(request).includes("host-11.example.com")
        ? refuse(
            "Indicator host-11.example.com is inactive. (Expiration time should be set to a future date time)",
          )
        : takeAll(request),
    );

    const receipts = await destination.push(batch(16));

    expect(requests).toHaveLength(2);
    expect(receipts[11]?.outcome).toMatchObject({ status: "rejected", code: "expired" });
  });

  it("throws when the request as a whole failed, with the wait that was asked for", async () => {
    const message = "API calls quota exceeded! You can send requests again in 8 seconds.";
    const { destination } = await open(() => ({
      status: 429,
      json: { error: { code: "429", message, target: "t" } },
    }));

    await expect(destination.push(batch(2))).rejects.toMatchObject({
      code: "upstream_unavailable",
      retry: "later",
      context: { retryAfterMs: 8000, reference: "t" },
    });
  });

  it.each([
    [{ status: 502, text: "<html>Bad Gateway</html>" }, "later"],
    [{ status: 500, json: { error: { code: "InternalServerError", message: "x" } } }, "later"],
    [{ status: 403, json: { error: { code: "Forbidden", message: "Missing application roles." } } }, "never"],
    [{ status: 302, headers: { location: "https://elsewhere.example/" } }, "never"],
  ])("throws for %j, to be tried again %s", async (answer, retry) => {
    const { destination } = await open(() => answer);

    await expect(destination.push(batch(2))).rejects.toMatchObject({ retry });
  });

  it.each([{ text: "" }, { text: "<html>ok</html>" }, { json: { value: [] } }])(
    "leaves records open when a 200 says nothing of them: %j",
    async (answer) => {
      const { destination } = await open(() => answer);

      const receipts = await destination.push(batch(2));

      expect(receipts.map(({ outcome }) => outcome.status)).toEqual(["deferred", "deferred"]);
    },
  );

  it("loses no answer when Defender gets busy in the middle of taking a batch apart", async () => {
    const { destination } = await open((request, number) => {
      if (number === 1) return refuse("Bad.");
      return number === 2 ? takeAll(request) : { status: 429, headers: { "retry-after": "5" } };
    });

    const receipts = await destination.push(batch(4));

    expect(receipts.map(({ outcome }) => outcome)).toMatchObject([
      { status: "accepted" },
      { status: "accepted" },
      { status: "deferred", retryAfterMs: 5000 },
      { status: "deferred", retryAfterMs: 5000 },
    ]);
  });

  it("sends nothing for an empty batch", async () => {
    const { destination, requests } = await open(takeAll);

    expect(await destination.push([])).toEqual([]);
    expect(requests).toEqual([]);
  });
});
