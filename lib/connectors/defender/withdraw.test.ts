import type * as timers from "node:timers/promises";

import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { localServers } from "@/lib/http/testing/local-server";

import { outgoing, withdrawn } from "../testing/records";
import { scriptedVendor, type ScriptedAnswer, type Seen } from "../testing/scripted-vendor";
import { createDefenderDestination } from "./destination";

// What is looked for again is looked for again at once: nothing there takes its time.
vi.mock("node:timers/promises", async (importActual) => ({
  ...(await importActual<typeof timers>()),
  setTimeout: () => Promise.resolve(),
}));

const servers = localServers();
afterEach(() => servers.closeAll());

const deleteSchema = z.object({ IndicatorIds: z.array(z.string()) });
const expirySchema = z.object({ Indicators: z.array(z.object({ expirationTime: z.coerce.date() })) });
const idsOf = ({ body }: Seen): string[] => deleteSchema.parse(body).IndicatorIds;
const refuse = (status: number, message: string): ScriptedAnswer => ({
  status,
  json: { error: { code: "x", message } },
});
const listed = (id: string, externalId: string | null = null, createdBy = "app") => ({
  id,
  indicatorValue: `v${id}`,
  indicatorType: "DomainName",
  externalId,
  createdBy,
});
/** A list is read until a page is empty. */
const firstPage = <Row>({ path }: Seen, rows: readonly Row[]): readonly Row[] =>
  path.includes("$skip") ? [] : rows;
const ending = (id: number) => withdrawn(outgoing(id), String(id));

/** A tenant that holds these ids; deletes are all or nothing, or leave a part undone. */
const tenant = async (
  ids: readonly string[],
  mode: "all-or-nothing" | "partial",
  protectedIds: readonly string[] = [],
) => {
  const held = new Set(ids);
  const vendor = await scriptedVendor(servers, (request) => {
    if (request.method === "GET") {
      const shown = [...held].map((id) => listed(id, `external-${id}`));
      return { json: { value: firstPage(request, shown) } };
    }
    const wanted = idsOf(request);
    if (wanted.some((id) => protectedIds.includes(id)))
      return refuse(403, "The caller is not exposed to the device groups.");
    const isComplete = wanted.every((id) => held.has(id));
    if (isComplete || mode === "partial") for (const id of wanted) held.delete(id);
    return isComplete ? { status: 204 } : refuse(404, "An indicator was not found.");
  });
  return { ...vendor, destination: toDestination(vendor), held };
};

const toDestination = ({ api, origin }: Awaited<ReturnType<typeof scriptedVendor>>) =>
  createDefenderDestination({
    ...{ api, baseUrl: origin, clientId: "app", application: "Sluice", acceptsMd5: false },
    now: () => new Date(),
  });

describe("withdraw from Defender", () => {
  it("deletes a batch in one request", async () => {
    const { destination, requests, held } = await tenant(["1", "2", "3"], "all-or-nothing");

    const receipts = await destination.withdraw([ending(1), ending(2)]);

    expect(receipts.map(({ outcome }) => outcome)).toEqual([
      { status: "accepted", remoteId: "1" },
      { status: "accepted", remoteId: "2" },
    ]);
    expect(requests).toMatchObject([{ method: "POST", path: "/api/indicators/BatchDelete" }]);
    expect([...held]).toEqual(["3"]);
  });

  it.each(["all-or-nothing", "partial"] as const)(
    "counts records that are gone already as done, and deletes the others (%s)",
    async (mode) => {
      const { destination, held } = await tenant(["1", "3"], mode);

      const receipts = await destination.withdraw([ending(1), ending(2), ending(3), ending(4)]);

      expect(receipts.map(({ outcome }) => outcome.status)).toEqual(
        Array.from({ length: 4 }, () => "accepted"),
      );
      expect([...held]).toEqual([]);
    },
  );

  it("asks nothing more when the only record is gone already", async () => {
    const { destination, requests } = await tenant([], "all-or-nothing");

    expect(await destination.withdraw([ending(1)])).toMatchObject([{ outcome: { status: "accepted" } }]);
    expect(requests).toHaveLength(1);
  });

  it("finds a record whose id was lost by our own id for it, among our own records only", async () => {
    const { destination, requests, held } = await tenant(["7", "8"], "all-or-nothing");
    const lost = { ...withdrawn(outgoing(1), null), externalId: "external-7" };
    const never = { ...withdrawn(outgoing(2), null), externalId: "external-99" };

    const receipts = await destination.withdraw([lost, never]);

    expect(receipts.map(({ outcome }) => outcome)).toEqual([
      { status: "accepted", remoteId: "7" },
      { status: "accepted", remoteId: null },
    ]);
    // Of one there is no word in either list.
    expect(requests.map(({ method }) => method)).toEqual(["GET", "GET", "GET", "GET", "POST"]);
    expect([...held]).toEqual(["8"]);
  });

  it.each([0, 1, 2])(
    "does not take one odd list for a record that was never made (attempt %d)",
    async (attempt) => {
      let lists = 0;
      const vendor = await scriptedVendor(servers, (request) => {
        if (request.method !== "GET")
          return { json: { value: [{ id: "7", indicator: "v7", isFailed: false, failureReason: null }] } };
        const isOdd = (lists += 1) === 1;
        return { json: { value: isOdd ? [] : firstPage(request, [listed("7", "external-7")]) } };
      });

      await toDestination(vendor).withdraw([
        { ...withdrawn(outgoing(7), null), externalId: "external-7", attempt },
      ]);

      const asked = vendor.requests.map(({ method }) => method);
      expect(asked.slice(0, 3)).toEqual(["GET", "GET", "GET"]);
      expect(asked.slice(3)).toEqual([attempt === 1 ? "DELETE" : "POST"]);
    },
  );

  it.each([0, 1, 2])(
    "leaves another connector's record of the same value under other device groups alone (attempt %d)",
    async (attempt) => {
      const vendor = await scriptedVendor(servers, (request) =>
        request.method === "GET"
          ? { json: { value: firstPage(request, [{ ...listed("7", "ours"), rbacGroupNames: ["Servers"] }]) } }
          : { status: 204 },
      );
      const destination = toDestination(vendor);
      const lost = { ...withdrawn(outgoing(1), null), externalId: "ours", attempt };

      const receipts = await destination.withdraw([{ ...lost, deviceGroups: ["Workstations"] }]);

      expect(receipts.map(({ outcome }) => outcome)).toEqual([{ status: "accepted", remoteId: null }]);
      expect(new Set(vendor.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    },
  );

  it("finds a record whose id was lost by its device groups in whatever order they are shown", async () => {
    const groups = ["Servers", "Workstations"];
    const vendor = await scriptedVendor(servers, (request) =>
      request.method === "GET"
        ? {
            json: {
              value: firstPage(request, [
                { ...listed("7", "ours"), rbacGroupNames: [] },
                { ...listed("8", "ours"), rbacGroupNames: groups.toReversed() },
              ]),
            },
          }
        : { status: 204 },
    );
    const lost = { ...withdrawn(outgoing(1), null), externalId: "ours", deviceGroups: groups };

    const receipts = await toDestination(vendor).withdraw([lost]);

    expect(receipts.map(({ outcome }) => outcome)).toEqual([{ status: "accepted", remoteId: "8" }]);
    expect(vendor.requests.map(({ method }) => method)).toEqual(["GET", "GET", "POST"]);
  });

  it("rejects only the records outside the application's device groups", async () => {
    const { destination, held } = await tenant(["1", "2", "3", "4"], "all-or-nothing", ["3"]);

    const receipts = await destination.withdraw([1, 2, 3, 4].map(ending));

    expect(receipts.map(({ outcome }) => outcome.status)).toEqual([
      "accepted",
      "accepted",
      "rejected",
      "accepted",
    ]);
    expect([...held]).toEqual(["3"]);
  });

  it.each([-16, 0, 16])(
    "lets end soon, and in the future, where the clock is %d minutes ahead",
    async (minutes) => {
      const aheadMs = minutes * 60_000;
      const vendor = await scriptedVendor(
        servers,
        (request) =>
          request.method === "GET"
            ? { json: { value: firstPage(request, [listed("7", "external-7")]) } }
            : { json: { value: [{ id: "7", indicator: "v7", isFailed: false, failureReason: null }] } },
        { aheadMs },
      );

      await toDestination(vendor).withdraw([{ ...ending(7), attempt: 2 }]);

      const { Indicators } = expirySchema.parse(vendor.requests.at(-1)?.body);
      const leftMs = Indicators.map(({ expirationTime }) => expirationTime.getTime() - Date.now() - aheadMs);
      expect(leftMs).toHaveLength(1);
      expect(Math.min(...leftMs)).toBeGreaterThan(14 * 60_000);
      expect(Math.max(...leftMs)).toBeLessThan(16 * 60_000);
    },
  );

  it("throws at once when the application has no right at all", async () => {
    const vendor = await scriptedVendor(servers, () =>
      refuse(403, "Missing application roles. API required roles: Ti.ReadWrite."),
    );
    await expect(toDestination(vendor).withdraw([1, 2, 3].map(ending))).rejects.toThrow("Ti.ReadWrite");
    expect(vendor.requests).toHaveLength(1);
  });
});
