import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import {
  connect,
  forgetDestinations,
  plan,
  push,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { listPlanItems } from "./list-plan-items";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

let team: TestTeam;
let actor: Actor;
let other: Actor;
let others: TestTeam;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    // What other tests' teams said is theirs.
    await client.query("UPDATE allowlist SET deleted_at = now() WHERE deleted_at IS NULL");
    await client.query("UPDATE recall SET lifted_at = now() WHERE lifted_at IS NULL");
  });
  [team, others] = [await makeTeam(), await makeTeam()];
  actor = await makeActor([[team, "owner"]]);
  other = await makeActor([[others, "owner"]]);
});

/** A connector that blocks, unless another team speaks against it. */
const blocking = (): Promise<ConnectorView> =>
  connect(actor, team, "defender", { action: "Block", gate: { otherTeams: true } });
const planned = async (connector: ConnectorView) => {
  const { id } = await plan(actor, connector);
  const { items } = await listPlanItems({ id, teamId: team.id }, { limit: 10, after: null });
  return new Map(items.map((item) => [item.value, item]));
};

describe("another team's opinion", () => {
  const RECALLED = "Another team of this installation recalled it as wrong.";
  const ALLOWED = "Another team of this installation has it as allowed.";
  const allow = async (match: "hostname" | "cidr" | "substring", value: string): Promise<void> => {
    const list = await createAllowlist(other, others.id, { name: `Theirs ${value}`, match, effect: "stop" });
    await addEntries(other, list, [{ value, comment: "Ours.", until: null }]);
  };
  const recall = (kind: "domain" | "cidr", value: string) =>
    createRecall(other, others.id, { target: readTarget(kind, value), reason: "Ours.", until: null });

  it.each<[string, () => Promise<unknown>, Vouched, string | null]>([
    [
      "their list of hosts speaks for what lies below",
      () => allow("hostname", "shop.example.com"),
      { type: "url", value: "https://a.shop.example.com/pay" },
      ALLOWED,
    ],
    [
      "and not for what lies beside",
      () => allow("hostname", "shop.example.com"),
      { type: "domain", value: "workshop.example.com" },
      null,
    ],
    [
      "their network speaks for its addresses",
      () => allow("cidr", "45.155.205.0/24"),
      { type: "ipv4", value: "45.155.205.7" },
      ALLOWED,
    ],
    [
      "their recall of a domain speaks for what is served from it",
      () => recall("domain", "cdn.example.com"),
      { type: "domain", value: "img.cdn.example.com" },
      RECALLED,
    ],
    [
      "their recall of a network speaks for its addresses",
      () => recall("cidr", "45.155.206.0/24"),
      { type: "ipv4", value: "45.155.206.7" },
      RECALLED,
    ],
  ])("%s, whether they have the value or not", async (_what, say, value, expected) => {
    await say();
    await vouch(team, [value], { name: "Feed" });
    const connector = await blocking();

    expect((await planned(connector)).get(value.value)).toMatchObject(
      expected === null
        ? { operation: "add", dispute: null }
        : { operation: "blocked", code: "disputed", reason: expected, dispute: expected },
    );
  });

  it("that they change holds from the next plan on, and opens nothing that is blocked already", async () => {
    const value: Vouched = { type: "domain", value: "late.example.com" };
    const next: Vouched = { type: "domain", value: "next.example.com" };
    await vouch(team, [value], { name: "Feed" });
    const connector = await blocking();
    expect((await push(actor, connector)).counts.accepted).toBe(1);

    await allow("hostname", "example.com");
    await vouch(team, [next], { name: "More" });

    const items = await planned(connector);
    expect(items.get(value.value)).toBeUndefined();
    expect(items.get(next.value)).toMatchObject({ operation: "blocked", code: "disputed" });
  });
});
