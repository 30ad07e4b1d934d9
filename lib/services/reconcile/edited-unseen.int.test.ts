import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { stixId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import {
  connect,
  CONTOSO,
  forgetDestinations,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { openPortal } from "@/lib/services/delivery/testing/outside";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { workspaceDesk } from "@/lib/services/delivery/testing/workspace";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { announceReconciles } from "./announce-reconciles";
import { listDrift } from "./list-drift";
import { reconcileConnector } from "./reconcile-connector";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
/** Somebody who may change what others made, and a script that has our secret. */
const SOMEBODY = { clientId: randomUUID(), clientSecret: "sandbox~secret~of~somebody" };
const portal = openPortal(() => sandbox.url, SOMEBODY);
const script = openPortal(() => sandbox.url);
const workspace = workspaceDesk(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await remote.reset();
  await remote.control("POST", "applications", {
    ...SOMEBODY,
    ...{ tenantId: CONTOSO, displayName: "Somebody", roles: ["Ti.ReadWrite.All"], sentinelContributorOn: [] },
  });
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const two = (): [Vouched, Vouched] => {
  const [edited, other] = someValues(2);
  if (!edited || !other) throw new Error("There are two.");
  return [edited, other];
};
const aMinutePasses = () => remote.control("PUT", "clock", { advanceMs: A_MINUTE_MS });
const sentLongAgo = () =>
  database.asOwner((client) =>
    client.query(
      "UPDATE remote_record SET accepted_at = accepted_at - interval '1 minute', modified_at = modified_at - interval '1 minute'",
    ),
  );
const pushTwo = async (
  kind: ConnectorKind,
  pass: () => Promise<unknown> = aMinutePasses,
): Promise<[ConnectorView, Vouched, Vouched]> => {
  const connector = await connect(actor, team, kind, { driftMode: "ask" });
  const [edited, other] = two();
  await vouch(team, [edited, other], { name: "List" });
  await push(actor, connector);
  await pass();
  return [connector, edited, other];
};
const A_MINUTE_MS = 60_000;
const driftOf = async (connector: ConnectorView) =>
  (await listDrift(connector, { limit: 10, after: null })).drift.map(({ value, what }) => ({ value, what }));

const EDITS = [
  ["severity", { severity: "High" }],
  ["title", { title: "Mine" }],
  ["end", { expirationTime: new Date(Date.now() + 400 * 24 * 3_600_000).toISOString() }],
] as const;

describe("a record that somebody edited before it was ever seen there", () => {
  it.each(EDITS)("is listed as drift, whatever was edited: its %s", async (_what, change) => {
    const [defender, edited] = await pushTwo("defender");
    await portal.change(edited.value, change);

    expect(await confirmConnector(defender.id, { signal })).toMatchObject({ unconfirmed: 0 });
    expect(await reconcileConnector(defender.id, { signal })).toMatchObject({ changed: 1, standing: 1 });

    expect(await driftOf(defender)).toEqual([{ value: edited.value, what: "changed" }]);
  });

  it("is listed as drift, too, where a script did it with our own application", async () => {
    const [defender, edited] = await pushTwo("defender", sentLongAgo);
    await script.change(edited.value, { severity: "High" });

    await confirmConnector(defender.id, { signal });
    expect(await reconcileConnector(defender.id, { signal })).toMatchObject({ changed: 1, standing: 1 });

    expect(await driftOf(defender)).toEqual([{ value: edited.value, what: "changed" }]);
  });

  it("is listed as drift at a workspace, too", async () => {
    const [sentinel, edited] = await pushTwo("sentinel");
    await workspace.change(sentinel.sourceSystem, stixId(edited.type, edited.value, 0), {
      ...{ name: "Mine", modified: new Date(Date.now() + A_MINUTE_MS).toISOString() },
    });

    expect(await confirmConnector(sentinel.id, { signal })).toMatchObject({ unconfirmed: 0 });
    expect(await reconcileConnector(sentinel.id, { signal })).toMatchObject({ changed: 1, standing: 1 });

    expect(await driftOf(sentinel)).toEqual([{ value: edited.value, what: "changed" }]);
  });

  it("is found by a comparison that is the first to see it", async () => {
    const [defender, edited] = await pushTwo("defender");
    await portal.change(edited.value, { title: "Mine" });

    expect(await reconcileConnector(defender.id, { signal })).toMatchObject({ changed: 1, standing: 1 });

    expect(await driftOf(defender)).toEqual([{ value: edited.value, what: "changed" }]);
  });

  it("has its connector compared at once", async () => {
    const [defender, edited] = await pushTwo("defender");
    await database.asOwner((client) => client.query("UPDATE connector SET reconcile_tried_at = now()"));
    await portal.change(edited.value, { title: "Mine" });
    expect(await announceReconciles()).toBe(0);

    await confirmConnector(defender.id, { signal });

    expect(await announceReconciles()).toBe(1);
  });

  it("is as sent where nothing that is compared is another", async () => {
    const [defender, edited] = await pushTwo("defender");
    await portal.change(edited.value, {});

    await confirmConnector(defender.id, { signal });
    expect(await reconcileConnector(defender.id, { signal })).toMatchObject({ changed: 0, standing: 2 });

    const { receipts } = await listReceipts(defender, { limit: 10, after: null });
    expect(receipts.map(({ state }) => state)).toEqual(["visible", "visible"]);
  });
});

describe("a destination whose clock is ten minutes ahead of ours, and which shows late", () => {
  const statesOf = async (connector: ConnectorView) =>
    (await listReceipts(connector, { limit: 10, after: null })).receipts.map(({ state }) => state);

  /** What is listed now is listed from then on, whatever is sent. */
  const keepShowing = async (connector: ConnectorView): Promise<OpenDestination> => {
    const pages: (readonly RemoteRecord[])[] = [];
    const keep: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        list: async function* (...args) {
          for await (const page of destination.list(...args)) {
            pages.push(page);
            yield page;
          }
        },
      };
    };
    await reconcileConnector(connector.id, { signal, open: keep });
    return (settings) => ({
      ...openDestination(settings),
      list: async function* () {
        yield* await Promise.resolve(pages);
      },
    });
  };
  const change = async (connector: ConnectorView, severity: "Low" | "High"): Promise<void> => {
    await updateConnector(actor, connector, connectorPatchSchema.parse({ severity }));
    await push(actor, connector);
  };

  it("has edited nothing of what it still shows as it was before", async () => {
    await remote.control("PUT", "clock", { offsetMs: 10 * A_MINUTE_MS });
    const [defender] = await pushTwo("defender", () => Promise.resolve());
    await confirmConnector(defender.id, { signal });
    expect(await statesOf(defender)).toEqual(["visible", "visible"]);

    for (const severity of ["High", "Low"] as const) {
      const open = await keepShowing(defender);
      await change(defender, severity);

      expect(await confirmConnector(defender.id, { signal, open })).toMatchObject({ unconfirmed: 2 });
      expect(await reconcileConnector(defender.id, { signal, open })).toMatchObject({ changed: 0 });

      expect(await driftOf(defender)).toEqual([]);
      expect(await statesOf(defender)).toEqual(["accepted", "accepted"]);
      await confirmConnector(defender.id, { signal });
      expect(await statesOf(defender)).toEqual(["visible", "visible"]);
    }
  });
});
