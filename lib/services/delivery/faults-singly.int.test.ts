import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { getPush } from "./get-push";
import type { Vouched } from "./testing/desk";
import { ON_THE_WAY } from "./testing/faults";
import { endure, expectTruth } from "./testing/hardship";
import { makeApplication } from "./testing/own-application";

// What a person saves or withdraws goes to Defender record by record, and what goes wrong meets the second of three.

// What is tried again in place is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let actor: Actor;
let connector: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  const team: TestTeam = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  await database.asOwner((client) => client.query("UPDATE push SET state = 'done' WHERE state <> 'done'"));
  const application = await makeApplication(remote, database);
  connector = await application.connectTo("defender", { actor, team }, { mode: "automatic" });
  values = Array.from({ length: 3 }, () => ({ type: "domain", value: `saved-${randomUUID()}.net` }));
});

const access = () => {
  const [team] = actor.teams;
  if (!team) throw new Error("The actor has no team.");
  return team;
};
const save = () =>
  addLocalIndicators(
    actor,
    access(),
    values.map(({ value }) => ({ value })),
  );
const withdraw = async (): Promise<void> => {
  for (const { type, value } of values)
    await withdrawIndicator(actor, access(), { indicatorId: indicatorId(type, value), reason: "Wrong." });
};
const planned = async (): Promise<string> => {
  const outcome = await planUrgent(connector.id);
  if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
  return outcome.pushId;
};
const armSecond = (match: { method: string; path: string }, fault: object) =>
  remote.control("POST", "faults", { match, skip: 1, ...fault });
/** Whether it met a request: where that asked to wait, what is left may go with a batch. */
const isMet = async (): Promise<boolean> =>
  faultsSchema.parse(await remote.control("GET", "faults")).faults.some(({ met }) => met > 0);
const faultsSchema = z.object({ faults: z.array(z.object({ met: z.number() })) });

describe("requests of one record each", () => {
  it.each(ON_THE_WAY)("put each there once, after %s", async (_what, fault) => {
    await save();
    const pushId = await planned();
    await armSecond({ method: "POST", path: "*/api/indicators" }, fault);

    expect(await endure(actor, connector, pushId)).toBe("done");

    expect(await isMet()).toBe(true);
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 3, accepted: 3, failed: 0 } });
    await expectTruth(remote, connector, values);
  });

  it.each(ON_THE_WAY)("take each away, after %s", async (_what, fault) => {
    await save();
    expect(await endure(actor, connector, await planned())).toBe("done");
    await withdraw();
    const pushId = await planned();
    await armSecond({ method: "DELETE", path: "*/api/indicators/*" }, fault);

    expect(await endure(actor, connector, pushId)).toBe("done");

    expect(await isMet()).toBe(true);
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 3, removed: 3, failed: 0 } });
    await expectTruth(remote, connector, [], { gone: values });
    expect(await confirmConnector(connector.id, { signal })).toMatchObject({ gone: 3, unconfirmed: 0 });
  });
});
