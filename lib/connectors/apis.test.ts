import { afterEach, expect, it } from "vitest";

import { localServers } from "@/lib/http/testing/local-server";

import { APIS } from "./apis";
import { createDefenderClient } from "./defender/client";
import { createSentinelClient } from "./sentinel/client";
import { scriptedVendor } from "./testing/scripted-vendor";

const servers = localServers();
afterEach(() => servers.closeAll());

const NAMES = { subscriptionId: "s", resourceGroup: "g", workspaceName: "w" };

it("tells the path and version that Sentinel is really asked by", async () => {
  const { api, origin, requests } = await scriptedVendor(servers, () => ({}));
  const urls = { uploadUrl: origin, managementUrl: origin };
  const client = createSentinelClient(api, {
    ...{ ...urls, workspaceId: "w", sourceSystem: "s" },
    now: () => new Date(),
  });

  await client.upload([{ type: "indicator" }]);
  await client.queryOne(NAMES);

  for (const [place, { path, version }] of APIS.sentinel.entries()) {
    const asked = new URL(requests[place]?.path ?? "", origin);
    expect(asked.pathname.endsWith(path)).toBe(true);
    expect(asked.searchParams.get("api-version")).toBe(version);
  }
});

it("tells that Defender is asked for no version", async () => {
  const { api, origin, requests } = await scriptedVendor(servers, () => ({}));

  await createDefenderClient(api, origin, () => new Date()).listOne();

  expect(APIS.defender).toMatchObject([{ path: "/api/indicators", version: null }]);
  expect(new URL(requests[0]?.path ?? "", origin).pathname).toBe("/api/indicators");
});

it("tells which are previews, as their versions say", () => {
  for (const { version, status } of [...APIS.defender, ...APIS.sentinel])
    expect(status).toBe(version?.endsWith("-preview") === true ? "preview" : "current");
});
