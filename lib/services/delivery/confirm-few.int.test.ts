import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Actor } from "@/lib/domain/access/actor";
import { stixId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import { connect, push, someValues, unvouch, vouch, type Vouched } from "./testing/desk";
import { workspaceDesk } from "./testing/workspace";

const { remote, sandbox } = useDestinations();
const workspace = workspaceDesk(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let sentinel: ConnectorView;
let standing: Vouched[];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel");
  standing = someValues(250);
  await vouch(team, standing, { name: "Feed" });
  await push(actor, sentinel);
  await confirmConnector(sentinel.id, { signal });
});

const querySchema = z.object({
  condition: z.object({ clauses: z.array(z.object({ field: z.string(), values: z.array(z.string()) })) }),
});
/** For each question to the workspace: for how many objects it asked by their ids; null: for all. */
const questions = async (): Promise<(number | null)[]> =>
  (await remote.journal())
    .filter(({ path }) => path.endsWith("/main/query"))
    .map(({ body }) => {
      const { clauses } = querySchema.parse(body).condition;
      return clauses.find(({ field }) => field === "id")?.values.length ?? null;
    });
const look = async () => {
  await remote.control("DELETE", "journal");
  return confirmConnector(sentinel.id, { signal });
};
const stateOf = async ({ value }: Vouched): Promise<string | undefined> => {
  const { receipts } = await listReceipts(sentinel, { limit: 500, after: null });
  return receipts.find((receipt) => receipt.value === value)?.state;
};

describe("a few values at a large workspace", () => {
  it("are asked for alone when they were added, and are visible then", async () => {
    const few = someValues(2);
    await vouch(team, few, { name: "A few" });
    await push(actor, sentinel);
    expect(await look()).toMatchObject({ visible: 2, unconfirmed: 0 });
    expect(await questions()).toEqual([2]);
  });

  it("are asked for alone when they were taken back, and are gone only when they are shown as ended", async () => {
    const [one] = standing;
    if (!one) throw new Error("There must be one.");
    await remote.control("PUT", "switches", { sentinelEnd: "lies" });
    await unvouch(team, [one]);
    await push(actor, sentinel);
    expect(await look()).toMatchObject({ gone: 0, unconfirmed: 1 });
    expect(await questions()).toEqual([1, 1]);
    expect(await stateOf(one)).toBe("withdrawing");

    await remote.control("PUT", "switches", { sentinelEnd: "ends" });
    await workspace.change(sentinel.sourceSystem, stixId(one.type, one.value, 0), {
      valid_from: "2026-01-01T00:00:00.000Z",
      valid_until: "2026-01-02T00:00:00.000Z",
    });
    expect(await look()).toMatchObject({ gone: 1, unconfirmed: 0 });
    expect(await questions()).toEqual([1]);
    expect(await stateOf(one)).toBe("gone");
  });

  it("are looked for in the whole list where no word comes of what was taken back", async () => {
    const [one] = standing;
    if (!one) throw new Error("There must be one.");
    await unvouch(team, [one]);
    await push(actor, sentinel);
    await workspace.remove(sentinel.sourceSystem, stixId(one.type, one.value, 0));
    expect(await look()).toMatchObject({ gone: 1, unconfirmed: 0 });
    expect(await questions()).toEqual([1, null, null, null]);
  });
});
