import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { getPush } from "./get-push";
import { apply, someValues, unvouch, vouch } from "./testing/desk";
import { ON_THE_WAY, REFUSED_AS_A_WHOLE, REMOVING, SENDING, type Fault } from "./testing/faults";
import { endure, expectTruth } from "./testing/hardship";
import { openPortal } from "./testing/outside";
import { makeApplication, type OwnApplication } from "./testing/own-application";

// What is tried again in place is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote, sandbox } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let application: OwnApplication;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  application = await makeApplication(remote, database);
});

const connectTo = (kind: ConnectorKind) => application.connectTo(kind, { actor, team });
const arm = (fault: object) => remote.control("POST", "faults", fault);

/** Pushes some values, takes a part of them back, and gives the push that is to remove those. */
const prepareRemoval = async (kind: ConnectorKind) => {
  const connector = await connectTo(kind);
  const [gone, kept] = [someValues(3), someValues(3)];
  await vouch(team, [...gone, ...kept], { name: "List" });
  expect(await endure(actor, connector, await apply(actor, connector))).toBe("done");
  await unvouch(team, gone);
  return { connector, gone, kept, pushId: await apply(actor, connector) };
};

const refusal = (status: number, message: string) => ({
  status,
  body: { error: { code: "BadRequest", message } },
});

/** What goes wrong with a removal. Where it is carried out it is answered with nothing, so that what breaks off is something else. */
const WITH_A_REMOVAL: readonly Fault[] = [
  ...ON_THE_WAY,
  REFUSED_AS_A_WHOLE,
  [
    "an answer that breaks off after it was carried out",
    { processed: true, status: 200, body: { errors: [{ recordIndex: 0 }] }, truncateAfterBytes: 12 },
  ],
];
const OF_DEFENDER: readonly Fault[] = [
  ["a refusal for device groups", refusal(403, "The caller is not exposed to the device groups.")],
  ["a refusal for an id that it does not find", refusal(404, "An indicator was not found.")],
];
const CASES = [
  ...(["defender", "sentinel"] as const).flatMap((kind) =>
    WITH_A_REMOVAL.map(([what, fault]) => [kind, what, fault] as const),
  ),
  ...OF_DEFENDER.map(([what, fault]) => ["defender", what, fault] as const),
];

describe("a push that removes", () => {
  it.each(CASES)(
    "at %s ends with what is to go gone, and all else there, after %s",
    async (kind, _what, fault) => {
      const { connector, gone, kept, pushId } = await prepareRemoval(kind);
      await arm({ match: { path: REMOVING[kind] }, ...fault });

      expect(await endure(actor, connector, pushId)).toBe("done");

      expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 3, removed: 3, failed: 0 } });
      await expectTruth(remote, connector, kept, { gone });
      expect(await confirmConnector(connector.id, { signal })).toMatchObject({ gone: 3, unconfirmed: 0 });
    },
  );

  it.each(["all-or-nothing", "partial"])(
    "at Defender ends so where somebody deleted one of them before, and a batch is %s",
    async (defenderBatchDelete) => {
      await remote.control("PUT", "switches", { defenderBatchDelete });
      const { connector, gone, kept, pushId } = await prepareRemoval("defender");
      await openPortal(() => sandbox.url, "TPI_Reader").remove(gone[1]?.value ?? "");

      expect(await endure(actor, connector, pushId)).toBe("done");

      expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 3, removed: 3, failed: 0 } });
      await expectTruth(remote, connector, kept, { gone });
      expect(await confirmConnector(connector.id, { signal })).toMatchObject({ gone: 3, unconfirmed: 0 });
    },
  );
});

describe("a push that makes records anew under another action", () => {
  // What else goes wrong with a deletion is tried above.
  const RESETS = ON_THE_WAY.filter(([what]) => what.startsWith("a reset"));
  const FAULTS = [
    ...RESETS.map(([what, fault]) => [what, "their deletion", REMOVING.defender, fault] as const),
    ...[...ON_THE_WAY, REFUSED_AS_A_WHOLE].map(
      ([what, fault]) => [what, "their creation", SENDING.defender, fault] as const,
    ),
  ];

  it.each(FAULTS)(
    "ends with each there once, and as it is to be, after %s at %s",
    async (_what, _where, path, fault) => {
      const connector = await connectTo("defender");
      const values = someValues(4);
      await vouch(team, values, { name: "List" });
      expect(await endure(actor, connector, await apply(actor, connector))).toBe("done");
      await updateConnector(actor, connector, { action: "Block" });
      const pushId = await apply(actor, connector);
      await arm({ match: { path }, ...fault });

      expect(await endure(actor, connector, pushId)).toBe("done");

      expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 4, accepted: 4, failed: 0 } });
      expect((await remote.defender()).map(({ action }) => action)).toEqual(values.map(() => "Block"));
      await expectTruth(remote, connector, values);
    },
  );
});
