import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import {
  connect,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type ApplicationName,
  type Vouched,
} from "./testing/desk";
import { endUrgentPushes } from "./testing/end-pushes";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const turn = (switches: object) => remote.control("PUT", "switches", switches);

type Side = { team: TestTeam; actor: Actor; connector: ConnectorView };
let first: Side;
let second: Side;
let values: Vouched[];
const makeSide = async (kind: ConnectorKind, app: ApplicationName): Promise<Side> => {
  const team = await makeTeam(`Team ${randomUUID().slice(0, 8)}`);
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, connector: await connect(actor, team, kind, { app }) };
};
const start = async (kind: ConnectorKind): Promise<void> => {
  first = await makeSide(kind, "TPI_TeamA");
  second = await makeSide(kind, "TPI_TeamB");
  values = someValues(2);
};
beforeEach(async () => {
  await database.asOwner(endUrgentPushes);
});

const joins = async ({ team, actor, connector }: Side): Promise<void> => {
  await vouch(team, values, { name: `List ${randomUUID()}` });
  await push(actor, connector);
};
const leaves = async ({ team, actor, connector }: Side): Promise<void> => {
  await unvouch(team, values);
  await push(actor, connector);
};
const look = ({ connector }: Side) => confirmConnector(connector.id, { signal });
const statesOf = async ({ connector }: Side) =>
  (await listReceipts(connector, { limit: 50, after: null })).receipts.map(({ state }) => state);

/** Time goes by, the destination is looked at, and what that has removed another way is carried out. */
const tryAgain = async (side: Side): Promise<void> => {
  await database.asOwner((client) =>
    client.query("UPDATE receipt SET removed_at = removed_at - interval '6 minutes'"),
  );
  await look(side);
  const open = await asTeam(side.team.id, (tx) =>
    tx.push.findMany({ where: { teamId: side.team.id, state: "queued" }, select: { id: true } }),
  );
  for (const { id } of open) await deliverToTheEnd(id);
};

/**
 * Throws unless each value stands once, with the second team's words and not the first's, and nobody has anything left to do; gives how
 * many were looked at.
 */
const judgeOnlySecond = async (seen: "visible" | "accepted" = "visible"): Promise<number> => {
  const shown =
    first.connector.kind === "defender"
      ? (await remote.defender()).map(({ indicatorValue, description }) => [indicatorValue, description])
      : (await remote.sentinel()).map(({ pattern, labels }) => [
          /'(.*)'/.exec(pattern)?.[1] ?? "",
          labels.join(),
        ]);
  expect(shown.map(([value]) => value).sort()).toEqual(values.map(({ value }) => value).sort());
  for (const [, words = ""] of shown) {
    expect(words).toContain(second.team.name);
    expect(words).not.toContain(first.team.name);
  }
  await look(second);
  expect(await statesOf(first)).toEqual(["gone", "gone"]);
  expect(await statesOf(second)).toEqual([seen, seen]);
  for (const { actor, connector } of [first, second])
    expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0 });
  return shown.length;
};

const LIES = ["batch-lies", "lies"] as const;
const FOREIGN = ["refuse", "separate", "update"] as const;
const WAYS = LIES.flatMap((lie) => FOREIGN.map((foreign) => [lie, foreign] as const));

describe.each(WAYS)(
  "at a Defender whose deletion %s and that does %s with what another made",
  (lie, foreign) => {
    beforeEach(() => start("defender"));
    // What one application changes of another's it is not shown.
    const seen = foreign === "update" ? "accepted" : "visible";

    /** As long as it takes until no way is left to be tried; the last lets records expire. */
    const carryThrough = async (): Promise<void> => {
      for (let tries = 0; tries < 3; tries += 1) await tryAgain(first);
      await remote.control("PUT", "clock", { advanceMs: 16 * 60_000 });
      await look(first);
      await turn({ defenderDelete: "removes" });
      await database.asOwner((client) => client.query("TRUNCATE bucket"));
      await push(second.actor, second.connector);
    };

    it("nothing of the one that handed its records over stays beside those of the other", async () => {
      await turn({ defenderForeignUpsert: foreign });
      await joins(first);
      await joins(second);
      await look(first);
      await turn({ defenderDelete: lie });
      await leaves(first);

      await carryThrough();

      expect(await judgeOnlySecond(seen)).toBe(2);
    });

    it("nothing of the one whose removal did nothing stays when another comes meanwhile", async () => {
      await turn({ defenderForeignUpsert: foreign, defenderDelete: lie });
      await joins(first);
      await look(first);
      await leaves(first);
      await joins(second);

      await carryThrough();

      expect(await judgeOnlySecond(seen)).toBe(2);
    });

    it("one that comes back in between has one record together with the other", async () => {
      await turn({ defenderForeignUpsert: foreign, defenderDelete: lie });
      await joins(first);
      await look(first);
      await leaves(first);
      await joins(second);
      await tryAgain(first);
      await turn({ defenderDelete: "removes" });
      await joins(first);
      await push(second.actor, second.connector);
      // Where deleting did nothing twice, what is beside is let expire.
      await remote.control("PUT", "clock", { advanceMs: 16 * 60_000 });

      const shown = (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort();
      expect(shown).toEqual(values.map(({ value }) => value).sort());
    });
  },
);

describe("at a Sentinel that does not store the end of a record", () => {
  beforeEach(() => start("sentinel"));

  it.each(["before", "after"] as const)(
    "the record is the other's alone when that came %s the first left",
    async (when) => {
      await joins(first);
      if (when === "before") await joins(second);
      await look(first);
      await turn({ sentinelEnd: "lies" });
      await leaves(first);
      if (when === "after") await joins(second);
      for (let tries = 0; tries < 3; tries += 1) await tryAgain(first);

      expect(await judgeOnlySecond()).toBe(2);
    },
  );
});

describe("a record that was deleted and made anew", () => {
  it("is removed in truth, though the answer that told its making named no id", async () => {
    await start("defender");
    await joins(first);
    const connector = await updateConnector(
      first.actor,
      first.connector,
      connectorPatchSchema.parse({ action: "Block" }),
    );
    const namingNone: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        push: async (...given) =>
          (await destination.push(...given)).map(({ indicatorId, outcome }) => ({
            indicatorId,
            outcome: outcome.status === "accepted" ? { ...outcome, remoteId: null } : outcome,
          })),
      };
    };
    expect(await push(first.actor, connector, namingNone)).toMatchObject({ counts: { accepted: 2 } });
    expect(await remote.defender()).toHaveLength(2);

    await leaves(first);

    expect(await remote.defender()).toEqual([]);
  });
});
