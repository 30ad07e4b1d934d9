import { afterEach, describe, expect, it } from "vitest";

import { localServers } from "@/lib/http/testing/local-server";

import type { RemoteRecord } from "../contract";
import { scriptedVendor, type ScriptedAnswer, type Seen } from "../testing/scripted-vendor";
import { createDefenderDestination } from "./destination";

const servers = localServers();
afterEach(() => servers.closeAll());

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    id: String(from + index),
    indicatorValue: `v${String(from + index)}.example`,
    indicatorType: "DomainName",
    createdBy: "app",
  }));
const list = async (answer: (request: Seen, number: number) => ScriptedAnswer) => {
  const vendor = await scriptedVendor(servers, answer);
  const { list: pages } = createDefenderDestination({
    api: vendor.api,
    baseUrl: vendor.origin,
    clientId: "app",
    application: "Sluice",
    acceptsMd5: false,
    now: () => new Date(),
  });
  const read = async (): Promise<RemoteRecord[]> => {
    const all: RemoteRecord[] = [];
    for await (const page of pages()) all.push(...page);
    return all;
  };
  return { ...vendor, read };
};

describe("list of Defender", () => {
  it("reads a full tenant in two pages, and knows by an empty one that these were all", async () => {
    const { read, requests } = await list(({ path }) => {
      const skip = Number(new URL(path, "http://x").searchParams.get("$skip") ?? "0");
      return { json: { value: rows(skip, Math.max(skip, Math.min(15_000, skip + 10_000))) } };
    });

    const all = await read();

    expect(all).toHaveLength(15_000);
    expect(new Set(all.map(({ remoteId }) => remoteId)).size).toBe(15_000);
    expect(requests.map(({ path }) => path)).toEqual([
      "/api/indicators?$top=10000",
      "/api/indicators?$top=10000&$skip=9500",
      "/api/indicators?$top=10000&$skip=15000",
    ]);
  });

  it("goes on after a page that is shorter than was asked for", async () => {
    const { read } = await list(({ path }) => {
      const skip = Number(new URL(path, "http://x").searchParams.get("$skip") ?? "0");
      return { json: { value: rows(skip, Math.max(skip, Math.min(120, skip + 50))) } };
    });

    expect(await read()).toHaveLength(120);
  });

  it("misses nothing that moved up because others deleted something meanwhile", async () => {
    const { read } = await list(({ path }, number) => {
      const all = rows(0, 12_000).filter((_row, place) => number === 1 || place >= 100);
      const skip = Number(new URL(path, "http://x").searchParams.get("$skip") ?? "0");
      return { json: { value: all.slice(skip, skip + 10_000) } };
    });

    expect(await read()).toHaveLength(12_000);
  });

  it("concludes nothing where more was deleted meanwhile than it can tell", async () => {
    const { read } = await list(({ path }, number) => {
      const all = rows(0, 12_000).filter((_row, place) => number === 1 || place >= 3_000);
      const skip = Number(new URL(path, "http://x").searchParams.get("$skip") ?? "0");
      return { json: { value: all.slice(skip, skip + 10_000) } };
    });

    await expect(read()).rejects.toThrow("changed too much");
  });

  it("follows a link to the next page, but sends its token to no other host", async () => {
    const { read, requests } = await list(({ path }) =>
      path.includes("$skip")
        ? { json: { value: path.endsWith("skip=2") ? rows(2, 3) : [] } }
        : {
            json: {
              value: rows(0, 2),
              "@odata.nextLink": "https://api-eu.elsewhere.example/api/indicators?$top=2&$skip=2",
            },
          },
    );

    expect(await read()).toHaveLength(3);
    expect(requests.map(({ path }) => path)).toEqual([
      "/api/indicators?$top=10000",
      "/api/indicators?$top=2&$skip=2",
      "/api/indicators?$top=10000&$skip=3",
    ]);
  });

  it("goes on after an empty page that leads to another", async () => {
    const { read } = await list((_request, number) =>
      number === 1
        ? { json: { value: [], "@odata.nextLink": "https://x.example/?$skip=1" } }
        : { json: { value: number === 2 ? rows(0, 1) : [] } },
    );

    expect(await read()).toHaveLength(1);
  });

  it.each([
    ["the service ignores $skip", () => ({ json: { value: rows(0, 10_000) } })],
    [
      "the link leads to itself",
      () => ({ json: { value: rows(0, 2), "@odata.nextLink": "https://x.example/?$skip=2" } }),
    ],
    [
      "empty pages lead to each other",
      () => ({ json: { value: [], "@odata.nextLink": "https://x.example/?$skip=2" } }),
    ],
  ])("does not run for ever when %s", async (_what, answer) => {
    const { read } = await list(answer);

    await expect(read()).rejects.toThrow("repeats itself");
  });

  it.each([
    ["a failed second page", { status: 500, json: {} }, "could not answer"],
    ["a throttled second page", { status: 429 }, "asked us to wait"],
    ["a second page that is a web page", { text: "<html>" }, "could not be read"],
    [
      "an entry without an id",
      { json: { value: [{ indicatorValue: "x", indicatorType: "Url" }] } },
      "could not be read",
    ],
  ])("never passes a part for the whole: %s", async (_what, second, words) => {
    const { read } = await list((_request, number) =>
      number === 1 ? { json: { value: rows(0, 10_000) } } : second,
    );

    await expect(read()).rejects.toThrow(words);
  });
});
