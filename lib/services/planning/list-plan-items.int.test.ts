import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import type { PlanItemFilter } from "@/lib/domain/delivery/plan-item-filter";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { countPlanItems } from "./count-plan-items";
import { exportPlan } from "./export-plan";
import { getPlan } from "./get-plan";
import { listPlanItems } from "./list-plan-items";
import {
  connect,
  forgetDestinations,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let planId: string;
let ids: { domains: string; hashes: string };
const NO_FEED = crypto.randomUUID();
const domains = someValues(7);
const hashes = someValues(5, "sha256");
const quiet = someValues(3, "ipv4");

beforeEach(async () => {
  await remote.reset();
});
beforeAll(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  ids = {
    domains: await vouch(team, domains, { name: "Domains", confidence: 90 }),
    hashes: await vouch(team, hashes, { name: "Hashes", confidence: 80, tags: ["apt"] }),
  };
  await vouch(team, quiet, { name: "Quiet", confidence: 10, tlp: 2, tags: ["scan"] });
  defender = await connect(actor, team, "defender", {
    selection: { minConfidence: 50 },
    rules: rulesSchema.parse([{ when: { types: ["sha256"] }, action: "Block" }]),
  });
  planId = (await plan(actor, defender)).id;
});

const own = () => ({ id: planId, teamId: team.id });
const list = async (filter: PlanItemFilter, limit = 100) => {
  const values: string[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < 50; pages += 1) {
    const page: Awaited<ReturnType<typeof listPlanItems>> = await listPlanItems(own(), {
      ...filter,
      limit,
      after,
    });
    values.push(...page.items.map(({ value }) => value));
    after = page.next;
    if (after === null) return values;
  }
  throw new Error("The pages do not end.");
};
const valuesOf = (vouched: readonly { value: string }[]) => vouched.map(({ value }) => value).toSorted();
const download = async (filter: PlanItemFilter) => {
  let file = "";
  for await (const piece of exportPlan(actor, await getPlan(actor, planId), { format: "json", filter }))
    file += piece;
  return JSON.parse(file) as { filter: unknown; items: { value: string }[] };
};

describe("the items of a plan", () => {
  it.each<[string, () => PlanItemFilter, () => readonly { value: string }[]]>([
    ["a whole value", () => ({ q: domains[2]?.value }), () => domains.slice(2, 3)],
    [
      "a value as it is written on screens",
      () => ({ q: domains[2]?.value.replaceAll(".", "[.]") }),
      () => domains.slice(2, 3),
    ],
    ["a part of a name", () => ({ q: "example.com" }), () => domains],
    ["how a hash begins", () => ({ q: hashes[0]?.value.slice(0, 20) }), () => hashes],
    ["what nothing is", () => ({ q: "no-such-thing-anywhere" }), () => []],
    ["a type", () => ({ type: "sha256" }), () => hashes],
    ["a feed", () => ({ feed: ids.domains }), () => domains],
    ["a feed that is none", () => ({ feed: NO_FEED }), () => []],
    ["an action", () => ({ action: "Block" }), () => hashes],
    ["an operation", () => ({ operation: "blocked" }), () => quiet],
    [
      "all of it at once",
      () => ({ q: "example.com", type: "domain", action: "Audit", operation: "add" }),
      () => domains,
    ],
    ["what excludes each other", () => ({ type: "domain", action: "Block" }), () => []],
  ])(
    "are found by %s, page by page without a gap, counted and downloaded alike",
    async (_name, filter, expected) => {
      const wanted = valuesOf(expected());
      expect((await list(filter())).toSorted()).toEqual(wanted);
      expect((await list(filter(), 2)).toSorted()).toEqual(wanted);
      const { operation, ...counted } = filter();
      const counts = await countPlanItems(own(), counted);
      const { add, change, remove, blocked } = counts;
      expect(operation === undefined ? add + change + remove + blocked : counts[operation]).toBe(
        wanted.length,
      );
      const file = await download(filter());
      expect(file.items.map(({ value }) => value).toSorted()).toEqual(wanted);
      expect(file.filter).toEqual(JSON.parse(JSON.stringify(filter())));
    },
  );

  it("that stay out carry what the team's list says of them", async () => {
    const { items } = await listPlanItems(own(), { operation: "blocked", limit: 10, after: null });
    expect(items.map(({ listed }) => listed)).toEqual(
      quiet.map(() => ({ confidence: 10, tlp: "green", feeds: ["Quiet"], tags: [] })),
    );
  });

  it("of another team are not found by its feed", async () => {
    const others = await makeTeam();
    const foreign = await vouch(others, domains.slice(0, 2), { name: "Theirs" });
    expect(await list({ feed: foreign })).toEqual([]);
  });
});

describe("what is to be removed", () => {
  it("is found by the feed and the action that stand there, and says how it stands", async () => {
    await database.asOwner((client) => forgetDestinations(client));
    await push(actor, defender);
    await unvouch(team, hashes.slice(0, 2));
    planId = (await plan(actor, defender)).id;

    const wanted = valuesOf(hashes.slice(0, 2));
    expect((await list({ operation: "remove", feed: ids.hashes })).toSorted()).toEqual(wanted);
    expect((await list({ operation: "remove", action: "Block" })).toSorted()).toEqual(wanted);
    expect(await list({ operation: "remove", action: "Audit" })).toEqual([]);
    const { items } = await listPlanItems(own(), { operation: "remove", limit: 10, after: null });
    expect(items[0]).toMatchObject({
      action: null,
      before: { action: "Block", feeds: [{ name: "Hashes" }] },
      reason: "No feed of the team names it any longer.",
    });
  });
});
