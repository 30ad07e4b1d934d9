import { beforeEach, describe, expect, it, vi } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import {
  clientIdOf,
  connect,
  CONTOSO,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { openPortal } from "@/lib/services/delivery/testing/outside";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { decideStrangers } from "./decide-strangers";
import { getStrangerRemoval, listStrangers } from "./list-strangers";
import { reconcileConnector } from "./reconcile-connector";
import { removeStrangers } from "./remove-strangers";
import { startStrangerRemoval } from "./start-stranger-removal";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote, sandbox } = useDestinations();
const { signal } = new AbortController();

let team: TestTeam;
let access: TeamAccess;
let actor: Actor;
beforeEach(async () => {
  await database.asOwner((client) => client.query("DELETE FROM stranger"));
  team = await makeTeam();
  access = { id: team.id, slug: team.slug, name: team.name, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
});

const LISTS = { defender: "*/api/indicators", sentinel: "*/main/query" } as const;
const EMPTY = { status: 200, body: { value: [] } };
/** The next answer of the list holds nothing, and says that there is no more. */
const listsNothing = (kind: ConnectorKind) =>
  remote.control("POST", "faults", {
    match: { method: kind === "defender" ? "GET" : "POST", path: LISTS[kind] },
    ...EMPTY,
  });
/** How many requests asked what stands there while something ran. */
const countAsked = async (kind: ConnectorKind, run: () => Promise<unknown>): Promise<number> => {
  const count = async () =>
    (await remote.journal()).filter(
      ({ method, path }) =>
        method === (kind === "defender" ? "GET" : "POST") && path.endsWith(LISTS[kind].slice(1)),
    ).length;
  const before = await count();
  await run();
  return (await count()) - before;
};

/** The first look there tells too little: a list of its first record alone, or nothing of what was asked for by id. */
const openShortSighted = (): OpenDestination => {
  let looks = 0;
  return (settings) => {
    const destination = openDestination(settings);
    const { find } = destination;
    return {
      ...destination,
      list: async function* (given) {
        const isFirst = (looks += 1) === 1;
        for await (const page of destination.list(given)) yield isFirst ? page.slice(0, 1) : page;
      },
      find:
        find && ((remoteIds, given) => ((looks += 1) === 1 ? Promise.resolve([]) : find(remoteIds, given))),
    };
  };
};

const WAYS = [
  [
    "a read-back",
    (id: string, open?: OpenDestination) => confirmConnector(id, { signal, ...(open && { open }) }),
  ],
  [
    "a comparison",
    (id: string, open?: OpenDestination) => reconcileConnector(id, { signal, ...(open && { open }) }),
  ],
] as const;
const PLACES = (["defender", "sentinel"] as const).flatMap((kind) =>
  WAYS.map(([way, look]) => ({ kind, way, look })),
);

describe.each(PLACES)("a removal at $kind, looked for by $way", ({ kind, look }) => {
  let connector: ConnectorView;
  let values: Vouched[];
  beforeEach(async () => {
    connector = await connect(actor, team, kind);
    values = someValues(3);
    await vouch(team, values, { name: "List" });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });
  });
  const removeAll = async (some: readonly Vouched[] = values) => {
    await unvouch(team, some);
    await push(actor, connector);
  };
  const states = async () =>
    (await listReceipts(connector, { limit: 10, after: null })).receipts.map(({ state }) => state).toSorted();
  const lie = () => remote.control("PUT", "switches", { defenderDelete: "batch-lies", sentinelEnd: "lies" });

  it("is not confirmed by one list that holds nothing while everything stands", async () => {
    await lie();
    await removeAll();
    await listsNothing(kind);

    await look(connector.id);

    expect(await states()).toEqual(["withdrawing", "withdrawing", "withdrawing"]);
    const { receipts } = await listReceipts(connector, { limit: 10, after: null });
    expect(receipts[0]?.reason).toMatch(/^Not confirmed/);
  });

  it("is not confirmed by one list that ended too early", async () => {
    await lie();
    await removeAll();

    await look(connector.id, openShortSighted());

    expect(await states()).toEqual(["withdrawing", "withdrawing", "withdrawing"]);
  });

  it("is not confirmed by a second look that breaks off", async () => {
    await lie();
    await removeAll();
    await listsNothing(kind);
    await remote.control("POST", "faults", {
      match: { path: LISTS[kind] },
      ...{ status: 403, times: 4, body: "" },
    });

    await look(connector.id);

    expect(await states()).toEqual(["withdrawing", "withdrawing", "withdrawing"]);
  });

  it("is confirmed when it is true, by one request more at the most", async () => {
    await removeAll();

    // At Defender one that is empty takes one request; at Sentinel what ended says so itself, asked by its id.
    const asked = await countAsked(kind, () => look(connector.id));

    expect(await states()).toEqual(["gone", "gone", "gone"]);
    expect(asked).toBeLessThanOrEqual(2);
  });

  it("costs no request more where nothing would be gone", async () => {
    await vouch(team, someValues(1), { name: "One more" });
    await push(actor, connector);

    // At Defender an empty page says that the one before was the last.
    expect(await countAsked(kind, () => look(connector.id))).toBe(kind === "defender" ? 2 : 1);
  });
});

describe("a stranger that one odd list did not show", () => {
  let defender: ConnectorView;
  beforeEach(async () => {
    defender = await connect(actor, team, "defender");
    await remote.control("POST", "seed", {
      tenantId: CONTOSO,
      records: [
        {
          ...{
            indicatorType: "DomainName",
            indicatorValue: "odd.example.org",
            action: "Warn",
            severity: "High",
          },
          ...{ title: "By hand", description: "", createdBy: clientIdOf("TPI_TeamA") },
        },
      ],
    });
    await compare();
  });
  const compare = () => reconcileConnector(defender.id, { signal });
  const strangers = async () => (await listStrangers(defender, { limit: 10, after: null })).strangers;
  const decide = (choice: "ignore" | "remove") =>
    decideStrangers(actor, access, defender.id, { choice, remoteIds: null });

  it("is not gone, though its removal was accepted", async () => {
    await remote.control("PUT", "switches", { defenderDelete: "batch-lies" });
    await decide("remove");
    await startStrangerRemoval(actor, defender, (await getStrangerRemoval(defender)).hash);
    await removeStrangers(defender.id, { signal });
    await listsNothing("defender");

    expect(await compare()).toMatchObject({ status: "compared" });

    expect(await strangers()).toMatchObject([{ state: "removing" }]);
  });

  it("is still ignored as somebody decided", async () => {
    await decide("ignore");
    await listsNothing("defender");

    expect(await compare()).toMatchObject({ status: "compared" });

    expect(await strangers()).toMatchObject([{ state: "ignored" }]);
  });

  it("is forgotten once it is not there, and asked for no more", async () => {
    await decide("ignore");
    await openPortal(() => sandbox.url).remove("odd.example.org");

    expect(await countAsked("defender", compare)).toBe(2);

    expect(await strangers()).toEqual([]);
    expect(await countAsked("defender", compare)).toBe(1);
  });
});
