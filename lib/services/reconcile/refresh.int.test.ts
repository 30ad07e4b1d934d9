import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { openDestination } from "@/lib/connectors/registry";
import type { Actor } from "@/lib/domain/access/actor";
import { stixId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getConnector } from "@/lib/services/connectors/get-connector";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { reconcileConnector } from "./reconcile-connector";
import { refreshRecords } from "./refresh-records";
import { startConnector, stopConnector } from "@/lib/services/delivery/switch-sending";
import {
  connect,
  CONTOSO_SOC,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const DAY_MS = 24 * 3_600_000;

let team: TestTeam;
let actor: Actor;
let sentinel: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  await remote.control("PUT", "switches", { sentinelRepublishDays: 0 });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel");
  values = someValues(130);
  await vouch(team, values, { name: "Feed" });
  // Everything is sent 11.9 days ago.
  await remote.control("PUT", "clock", { offsetMs: -11.9 * DAY_MS });
  await push(actor, sentinel);
  await confirmConnector(sentinel.id, { signal });
  await database.asOwner((client) =>
    client.query("UPDATE remote_record SET accepted_at = accepted_at - interval '11.9 days'"),
  );
  await remote.control("PUT", "clock", { offsetMs: 0 });
  await remote.control("DELETE", "journal");
});

/** A comparison and what follows it, as if so many days had passed. */
const inDays = async (days: number) => {
  const now = () => new Date(Date.now() + days * DAY_MS);
  await reconcileConnector(sentinel.id, { signal, now });
  return refreshRecords(sentinel.id, { signal, now });
};
const idsOf = (some: readonly Vouched[]) => some.map(({ type, value }) => stixId(type, value, 0)).sort();
/** What the audit log has of refreshes: what came of them, or what was to go. */
const audited = (action = "connector.refresh") =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ detail: unknown }>(
      "SELECT detail FROM audit_entry WHERE team_id = $1 AND action = $2 ORDER BY id",
      [team.id, action],
    );
    return rows.map(({ detail }) => detail);
  });
const bodySchema = z.object({ stixobjects: z.array(z.object({ id: z.string() })) });
const uploads = async (): Promise<string[][]> =>
  (await remote.journal())
    .filter(({ path }) => path.endsWith(":upload"))
    .map(({ body }) => bodySchema.parse(body).stixobjects.map(({ id }) => id));
const republish = (some: readonly Vouched[]) =>
  remote.control("POST", `workspaces/${CONTOSO_SOC}/republish`, { ids: idsOf(some) });

/** What stands by our record, and how it was shown. */
const hashes = () =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<Record<string, string>>(
      "SELECT id, encode(content_hash, 'hex') AS content, encode(shown_hash, 'hex') AS shown FROM remote_record ORDER BY id",
    );
    return rows;
  });
const openRefusing: OpenDestination = (settings) => ({
  ...openDestination(settings),
  push: (records) =>
    Promise.resolve(
      records.map(({ indicatorId }) => ({
        indicatorId,
        outcome: { status: "rejected", reason: "No.", code: "other", capacity: null },
      })),
    ),
});

describe("records that Sentinel has not published again for 12 days", () => {
  it("are sent again then and not before, exactly those, once each", async () => {
    expect(await inDays(0)).toEqual({ sent: 0, refused: 0 });
    expect(await uploads()).toEqual([]);

    await republish(values.slice(0, 5));
    expect(await inDays(0.2)).toEqual({ sent: 125, refused: 0 });

    const sent = await uploads();
    expect(sent.map(({ length }) => length)).toEqual([100, 25]);
    expect(sent.flat().sort()).toEqual(idsOf(values.slice(5)));
    expect(await inDays(0.2)).toEqual({ sent: 0, refused: 0 });
    expect(await refreshRecords(sentinel.id, { signal })).toEqual({ sent: 0, refused: 0 });
    expect(await uploads()).toHaveLength(2);
    expect(await getConnector(actor, sentinel.id)).toMatchObject({ refreshed: 125 });
    // Nothing changed: no plan has anything to do.
    expect((await plan(actor, sentinel)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 130 });
  });

  it("are not sent twice where the time that the workspace tells stands still", async () => {
    await remote.control("PUT", "clock", { offsetMs: -11.9 * DAY_MS });
    expect(await inDays(0.2)).toMatchObject({ sent: 130 });
    // By the sandbox they were published long ago all the same.
    await remote.control("PUT", "clock", { offsetMs: 0 });
    expect(await inDays(0.2)).toMatchObject({ sent: 0 });
    expect(await inDays(5)).toMatchObject({ sent: 0 });
    expect(await inDays(12.3)).toMatchObject({ sent: 130 });
  });

  it("are sent once more after a day where nobody knows whether they arrived", async () => {
    await remote.control("POST", "faults", {
      match: { method: "POST", path: "/sentinel/*" },
      times: 50,
      status: 500,
    });
    await expect(inDays(0.2)).rejects.toThrow();
    expect(await audited()).toMatchObject([{ sent: 0, unanswered: 100 }]);
    await remote.control("DELETE", "faults");
    await remote.control("DELETE", "journal");
    expect(await inDays(0.4)).toMatchObject({ sent: 30 });
    expect(await inDays(1.3)).toMatchObject({ sent: 100 });
  });

  it("are in the audit log before their request leaves, should it be the last thing that the worker does", async () => {
    const known: unknown[] = [];
    const open: OpenDestination = (settings) => ({
      ...openDestination(settings),
      push: async () => {
        known.push(await audited("connector.refresh-begin"));
        throw new Error("The worker is killed.");
      },
    });
    const now = () => new Date(Date.now() + 0.2 * DAY_MS);
    await reconcileConnector(sentinel.id, { signal, now });

    await expect(refreshRecords(sentinel.id, { signal, now, open })).rejects.toThrow("killed");

    expect(known).toEqual([[{ taken: 100 }]]);
  });

  it("are left alone once nobody vouches for them, or while sending is switched off", async () => {
    await unvouch(team, values.slice(0, 120));
    await stopConnector(actor, sentinel, "A look first.");
    await expect(inDays(0.2)).rejects.toThrow("Sending is switched off");
    expect(await uploads()).toEqual([]);
    await startConnector(actor, sentinel);
    const now = () => new Date(Date.now() + 0.2 * DAY_MS);
    expect(await refreshRecords(sentinel.id, { signal, now })).toMatchObject({ sent: 10 });
    expect((await uploads()).flat().sort()).toEqual(idsOf(values.slice(120)));
  });

  it("are sent again also where what stands was noted by the rules of before, and no change is seen in that", async () => {
    await database.asOwner((client) =>
      client.query("UPDATE remote_record SET content_hash = sha256(content_hash)"),
    );
    expect(await inDays(0.2)).toEqual({ sent: 130, refused: 0 });
    expect(await inDays(0.3)).toEqual({ sent: 0, refused: 0 });
    expect((await plan(actor, sentinel)).counts).toMatchObject({ change: 0, keep: 130 });
  });

  it.each<[string, object, OpenDestination | undefined]>([
    ["turned away", { status: 429, headers: { "retry-after": "600" } }, undefined],
    ["refused one by one", {}, openRefusing],
  ])("stand as before when they are worded by newer rules and %s", async (_how, fault, open) => {
    await database.asOwner((client) =>
      client.query("UPDATE remote_record SET content_hash = sha256(content_hash)"),
    );
    const before = await hashes();
    await remote.control("POST", "faults", { match: { path: "*:upload" }, times: null, ...fault });
    const now = () => new Date(Date.now() + 0.2 * DAY_MS);
    await reconcileConnector(sentinel.id, { signal, now });

    const refresh = refreshRecords(sentinel.id, { signal, now, ...(open && { open }) });

    expect(await refresh.catch(() => ({ sent: 0 }))).toMatchObject({ sent: 0 });
    expect(await hashes()).toEqual(before);
  });

  it("are none while Sentinel publishes as it says", async () => {
    await remote.control("PUT", "switches", { sentinelRepublishDays: 8 });
    expect(await inDays(0.2)).toEqual({ sent: 0, refused: 0 });
  });

  it("keep to the rate that all workers share", async () => {
    const counted = async (): Promise<number> => {
      const { rows } = await database.asOwner((client) =>
        client.query<{ count: number }>(
          "SELECT cardinality(sent_at)::int AS count FROM bucket WHERE operation = 'sentinel.upload'",
        ),
      );
      return rows[0]?.count ?? 0;
    };
    const before = await counted();
    await inDays(0.2);
    expect(await counted()).toBe(before + 2);
  });

  it("wait as long as Sentinel asks when it stops in the middle of them, and none of them counts as refused", async () => {
    const match = { path: "*:upload" };
    const body = { error: { code: "BadRequest", message: "Something of it is wrong." } };
    await remote.control("POST", "faults", { match, status: 400, body });
    await remote.control("POST", "faults", { match, skip: 1, status: 429, headers: { "retry-after": "1" } });
    expect(await inDays(0.2)).toEqual({ sent: 130, refused: 0 });
    const accepted = (await remote.writes()).filter(({ status }) => status === 200);
    const sent = accepted.flatMap(({ body: said }) => bodySchema.parse(said).stixobjects.map(({ id }) => id));
    expect(sent.sort()).toEqual(idsOf(values));
  });
});
