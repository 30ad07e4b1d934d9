import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { localServers } from "@/lib/http/testing/local-server";

import type { RemoteRecord } from "../contract";
import { outgoing, withdrawn } from "../testing/records";
import { scriptedVendor, type ScriptedAnswer, type Seen } from "../testing/scripted-vendor";
import { createSentinelDestination, type SentinelOptions } from "./destination";

const servers = localServers();
afterEach(() => servers.closeAll());

const names = { subscriptionId: "sub", resourceGroup: "rg (a)", workspaceName: "ws" };
const WORKSPACE = "5e900001-0a0a-4b0b-8c0c-000000000001";
const uploadSchema = z.object({
  sourcesystem: z.string(),
  stixobjects: z.array(z.object({ id: z.string() })),
});
const endSchema = z.object({ stixobjects: z.array(z.object({ valid_until: z.coerce.date() })) });
const objectsOf = ({ body }: Seen) => uploadSchema.parse(body).stixobjects;

const open = async (
  answer: (request: Seen, number: number) => ScriptedAnswer,
  { aheadMs = 0, ...change }: Partial<SentinelOptions> & { aheadMs?: number } = {},
) => {
  const vendor = await scriptedVendor(servers, answer, { aheadMs });
  const destination = createSentinelDestination({
    api: vendor.api,
    uploadUrl: vendor.origin,
    managementUrl: `${vendor.origin}/arm`,
    clientId: "app",
    workspaceId: WORKSPACE,
    names,
    sourceSystem: "Sluice",
    now: () => new Date(),
    ...change,
  });
  return { ...vendor, destination };
};
const batch = (size: number) => Array.from({ length: size }, (_, index) => outgoing(index));
const statuses = (receipts: readonly { outcome: { status: string } }[]) =>
  receipts.map(({ outcome }) => outcome.status);

describe("push to Sentinel", () => {
  it("uploads a batch in one request under the fixed source system", async () => {
    const { destination, requests, paced } = await open(() => ({}));

    const receipts = await destination.push(batch(3));

    expect(statuses(receipts)).toEqual(["accepted", "accepted", "accepted"]);
    expect(receipts[0]?.outcome).toEqual({
      status: "accepted",
      remoteId: `U2x1aWNl---${outgoing(0).stixId}`,
    });
    expect(requests[0]?.path).toBe(
      `/workspaces/${WORKSPACE}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`,
    );
    expect(uploadSchema.parse(requests[0]?.body).sourcesystem).toBe("Sluice");
    expect(paced).toEqual(["sentinel.upload"]);
  });

  it("settles the objects that a 400 lists and sends the others again", async () => {
    const { destination, requests } = await open((request) =>
      objectsOf(request).length === 3
        ? { status: 400, json: { errors: [{ recordIndex: 1, errorMessages: ["Bad id."] }] } }
        : {},
    );

    const receipts = await destination.push(batch(3));

    expect(statuses(receipts)).toEqual(["accepted", "rejected", "accepted"]);
    expect(requests.map((request) => objectsOf(request).length)).toEqual([3, 2]);
  });

  it("takes a batch apart when a 400 names nobody", async () => {
    const bad = outgoing(5).stixId;
    const { destination } = await open((request) =>
      objectsOf(request).some(({ id }) => id === bad)
        ? { status: 400, json: { error: { code: "BadRequest", message: "Malformed." } } }
        : {},
    );

    const receipts = await destination.push(batch(8));

    expect(statuses(receipts)).toEqual(batch(8).map((_, index) => (index === 5 ? "rejected" : "accepted")));
    expect(receipts[5]?.outcome).toMatchObject({ reason: "Malformed." });
  });

  it("does not send what it could not keep", async () => {
    const { destination, requests } = await open(() => ({}));

    const receipts = await destination.push([
      outgoing(0, { type: "url", value: `http://example.com/${"a".repeat(1000)}` }),
      outgoing(1, { validUntil: new Date(Date.now() - 1) }),
      outgoing(2, { validFrom: new Date(Date.now() + 2e9), validUntil: new Date(Date.now() + 1e9) }),
    ]);

    expect(statuses(receipts)).toEqual(["rejected", "rejected", "rejected"]);
    expect(requests).toEqual([]);
  });

  it("throws for a throttled request with the seconds of the sentence", async () => {
    const { destination } = await open(() => ({
      status: 429,
      json: { statusCode: 429, message: "Rate limit is exceeded. Try again in 12 seconds." },
    }));

    await expect(destination.push(batch(2))).rejects.toMatchObject({
      retry: "later",
      context: { retryAfterMs: 12_000 },
    });
  });

  it.each([
    [403, "Microsoft Sentinel Contributor"],
    [404, "not its name"],
  ])("says what to do about a %d", async (status, words) => {
    const { destination } = await open(() => ({ status }));

    await expect(destination.push(batch(2))).rejects.toThrow(words);
  });

  it.each(["", " ", "Microsoft Sentinel", "microsoft sentinel ", "x".repeat(257)])(
    "refuses the source system %j before anything is sent",
    async (sourceSystem) => {
      await expect(open(() => ({}), { sourceSystem })).rejects.toMatchObject({ code: "invalid_input" });
    },
  );
});

it("withdraws by uploading an end", async () => {
  const { destination, requests } = await open(() => ({}));
  const ended = withdrawn(outgoing(1), null);

  const receipts = await destination.withdraw([ended]);

  expect(receipts).toMatchObject([{ outcome: { status: "accepted" } }]);
  expect(requests[0]?.body).toMatchObject({
    stixobjects: [{ id: ended.stixId, valid_until: ended.endedAt.toISOString() }],
  });
});

it("ends by Sentinel's clock where ours is ahead, and by the record's own date where ours is behind", async () => {
  const endAt = async (aheadMs: number): Promise<number> => {
    const { destination, requests } = await open(() => ({}), { aheadMs });
    await destination.withdraw([withdrawn(outgoing(1), null)]);
    const [object] = endSchema.parse(requests[0]?.body).stixobjects;
    return object ? object.valid_until.getTime() - Date.now() : NaN;
  };
  const minute = 60_000;

  expect(await endAt(-10 * minute)).toBeLessThanOrEqual(-10 * minute);
  expect(Math.abs(await endAt(10 * minute))).toBeLessThan(minute);
});

describe("list of Sentinel", () => {
  const item = (number: number) => ({
    name: `U2x1aWNl---indicator--${String(number)}`,
    properties: {
      source: "Sluice",
      data: { id: `indicator--${String(number)}`, pattern: "[url:value = 'http://x.example/']" },
    },
  });
  const readAll = async (list: AsyncIterable<readonly RemoteRecord[]>): Promise<RemoteRecord[]> => {
    const all: RemoteRecord[] = [];
    for await (const page of list) all.push(...page);
    return all;
  };

  it("asks for our own objects and follows the pages with the same question", async () => {
    const vendor = await open(({ path }) => ({
      json: path.includes("skipToken=b")
        ? { value: [item(3)] }
        : { value: [item(1), item(2)], nextLink: `${vendor.origin}/arm/next?api-version=x&$skipToken=b` },
    }));

    expect(await readAll(vendor.destination.list())).toHaveLength(3);
    expect(vendor.requests.map(({ method }) => method)).toEqual(["POST", "POST"]);
    expect(vendor.requests[0]?.path).toContain("/resourceGroups/rg%20(a)/providers/");
    expect(vendor.requests[1]?.body).toEqual(vendor.requests[0]?.body);
    expect(vendor.requests[0]?.body).toMatchObject({
      condition: { clauses: [{ field: "source", operator: "Equals", values: ["Sluice"] }] },
    });
  });

  it("sends its token to no other host", async () => {
    const { destination } = await open(() => ({
      json: { value: [item(1)], nextLink: "https://elsewhere.example/next" },
    }));

    await expect(readAll(destination.list())).rejects.toMatchObject({ code: "blocked_address" });
  });

  it("does not run for ever, and passes no part for the whole", async () => {
    const looping = await open(({ path }) => ({
      json: { value: [item(1)], nextLink: `${looping.origin}${path}` },
    }));
    const failing = await open((_request, number) =>
      number === 1 ? { json: { value: [item(1)], nextLink: `${failing.origin}/arm/next` } } : { status: 500 },
    );
    const odd = await open(() => ({ json: { value: [{ properties: {} }] } }));

    await expect(readAll(looping.destination.list())).rejects.toThrow("repeats itself");
    await expect(readAll(failing.destination.list())).rejects.toThrow("could not answer");
    await expect(readAll(odd.destination.list())).rejects.toThrow("could not be read");
  });

  it("asks for what ended or was revoked by its ids, a hundred at once", async () => {
    const { destination, requests } = await open(() => ({ json: { value: [] } }));
    const ids = Array.from({ length: 101 }, (_, index) => `U2x1aWNl---indicator--${String(index)}`);

    expect(await destination.find?.(ids)).toEqual([]);

    expect(requests).toHaveLength(2);
    expect(requests[1]?.body).toMatchObject({
      condition: {
        clauses: [
          { field: "source", values: ["Sluice"] },
          { field: "id", operator: "Equals", values: ["indicator--100"], clauseConnective: "Or" },
          { field: "validUntil" },
        ],
      },
    });
  });

  it("says what is missing when it cannot be read", async () => {
    const { destination } = await open(() => ({}), { names: null });

    expect(destination.isReadable).toBe(false);
    expect(destination.find).toBeNull();
    await expect(readAll(destination.list())).rejects.toThrow(
      "Add subscription, resource group and workspace name",
    );
  });
});

describe("who makes the records", () => {
  const author = {
    ...{ ref: "identity--11111111-1111-5111-8111-111111111111", name: "Sluice at sluice.example" },
    ...{ url: "https://sluice.example", createdAt: new Date("2026-11-01T00:00:00Z") },
    modifiedAt: new Date("2026-11-29T00:00:00Z"),
  };

  it("is uploaded as an identity, by a request that counts as any other upload", async () => {
    const { destination, requests, paced } = await open(() => ({}));

    await destination.introduce?.(author);

    expect(requests[0]?.body).toMatchObject({
      sourcesystem: "Sluice",
      stixobjects: [
        {
          ...{ type: "identity", id: author.ref, name: author.name, identity_class: "system" },
          ...{ created: "2026-11-01T00:00:00.000Z", modified: "2026-11-29T00:00:00.000Z" },
        },
      ],
    });
    expect(paced).toEqual(["sentinel.upload"]);
  });

  it.each([
    [{ json: { errors: [{ recordIndex: 0, errorMessages: ["No such type."] }] } }, "No such type"],
    [{ status: 400, json: { error: { code: "BadRequest", message: "Malformed." } } }, "Malformed"],
    [{ json: { errors: [{ recordIndex: 7 }] } }, "did not say"],
  ])("is not taken for there after %j", async (answer, words) => {
    const { destination } = await open(() => answer);
    await expect(destination.introduce?.(author)).rejects.toThrow(words);
  });
});
