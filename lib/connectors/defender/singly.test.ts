import { afterEach, describe, expect, it } from "vitest";

import { localServers } from "@/lib/http/testing/local-server";

import { outgoing, withdrawn } from "../testing/records";
import { scriptedVendor, type ScriptedAnswer, type Seen } from "../testing/scripted-vendor";
import { createDefenderDestination } from "./destination";

const servers = localServers();
afterEach(() => servers.closeAll());

const open = async (answer: (request: Seen, number: number) => ScriptedAnswer) => {
  const vendor = await scriptedVendor(servers, answer);
  const { singly } = createDefenderDestination({
    api: vendor.api,
    baseUrl: `${vendor.origin}/defender`,
    clientId: "app",
    application: "Sluice",
    acceptsMd5: false,
    now: () => new Date(),
  });
  if (!singly) throw new Error("Defender has requests of one record.");
  return { ...vendor, singly };
};
const refusal = (status: number, code: string, message: string): ScriptedAnswer => ({
  status,
  json: { error: { code, message, target: "t" } },
});
const statuses = (receipts: readonly { outcome: { status: string } }[]) =>
  receipts.map(({ outcome }) => outcome.status);

describe("records sent one by one", () => {
  it("have a request and a receipt each, at a rate of their own", async () => {
    const { singly, requests, paced } = await open((_request, number) => ({ json: { id: String(number) } }));

    const receipts = await singly.push([outgoing(1), outgoing(2)]);

    expect(requests).toMatchObject([
      { method: "POST", path: "/defender/api/indicators" },
      { method: "POST", path: "/defender/api/indicators" },
    ]);
    expect(paced).toEqual(["defender.submit", "defender.submit"]);
    expect(receipts.map(({ outcome }) => outcome)).toEqual([
      { status: "accepted", remoteId: "1" },
      { status: "accepted", remoteId: "2" },
    ]);
  });

  it.each([
    ["a bad value", refusal(400, "InvalidDomainName", "It is invalid."), "invalid"],
    [
      "a full tenant",
      refusal(400, "InvalidInput", "Max capacity exceeded. Current Total: 5, Limit: 5"),
      "capacity",
    ],
    [
      "another's record",
      refusal(403, "DisallowedOperation", "It was created by another application."),
      "conflict",
    ],
  ])("are refused by themselves for %s", async (_what, answer, code) => {
    const { singly } = await open((_request, number) => (number === 1 ? answer : { json: { id: "2" } }));
    const receipts = await singly.push([outgoing(1), outgoing(2)]);
    expect(receipts).toMatchObject([
      { outcome: { status: "rejected", code } },
      { outcome: { status: "accepted" } },
    ]);
  });

  it("keep what was answered when the service fails in between", async () => {
    const { singly } = await open((_request, number) =>
      number === 2 ? refusal(500, "InternalServerError", "No.") : { json: { id: "1" } },
    );
    expect(statuses(await singly.push([outgoing(1), outgoing(2), outgoing(3)]))).toEqual([
      "accepted",
      "deferred",
      "deferred",
    ]);
  });

  it("fail as a whole when the application may not write, or the first is not answered", async () => {
    const forbidden = await open(() => refusal(403, "Forbidden", "Missing application roles."));
    await expect(forbidden.singly.push([outgoing(1)])).rejects.toMatchObject({ retry: "never" });
    const busy = await open(() => refusal(429, "429", "You can send requests again in 8 seconds."));
    await expect(busy.singly.push([outgoing(1)])).rejects.toMatchObject({ context: { retryAfterMs: 8_000 } });
  });

  it("say nothing of a record whose answer cannot be read", async () => {
    const { singly } = await open(() => ({ text: "<html>" }));
    expect(statuses(await singly.push([outgoing(1)]))).toEqual(["deferred"]);
  });
});

describe("records taken back one by one", () => {
  it("are deleted by their ids; one that is not there any more counts as gone", async () => {
    const { singly, requests, paced } = await open((_request, number) =>
      number === 1 ? { status: 204 } : refusal(404, "NotFound", "It is unknown."),
    );

    const receipts = await singly.withdraw([withdrawn(outgoing(1), "11"), withdrawn(outgoing(2), "12")]);

    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "DELETE /defender/api/indicators/11",
      "DELETE /defender/api/indicators/12",
    ]);
    expect(paced).toEqual(["defender.delete", "defender.delete"]);
    expect(statuses(receipts)).toEqual(["accepted", "accepted"]);
  });

  it("are let expire when two removals did nothing", async () => {
    const listed = {
      ...{ id: "11", indicatorValue: "h1.example.com", indicatorType: "DomainName", action: "Block" },
      ...{ severity: "High", title: "T", description: "D", externalId: "e", createdBy: "app" },
      rbacGroupNames: [],
    };
    const { singly, requests } = await open(({ method, path }) =>
      method === "GET"
        ? { json: { value: path.includes("$skip") ? [] : [listed] } }
        : { json: { value: [{ id: "11", indicator: listed.indicatorValue, isFailed: false }] } },
    );

    const [receipt] = await singly.withdraw([{ ...withdrawn(outgoing(1), "11"), attempt: 2 }]);

    expect(receipt?.outcome).toEqual({ status: "accepted", remoteId: "11" });
    const body = requests.at(-1)?.body;
    expect(body).toMatchObject({ Indicators: [{ indicatorValue: "h1.example.com", action: "Block" }] });
    const {
      Indicators: [item],
    } = body as { Indicators: [{ expirationTime: string }] };
    const minutes = (Date.parse(item.expirationTime) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(10);
    expect(minutes).toBeLessThan(20);
  });
});
