import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { selectionSchema } from "@/lib/domain/connector/selection-input";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { countPlanActions } from "./count-plan-actions";
import { listPlanItems } from "./list-plan-items";
import {
  connect,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

const { database, remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** What the next plan would do, by value. */
const planned = async (connector: ConnectorView) => {
  const { id } = await plan(actor, connector);
  const { items } = await listPlanItems({ id, teamId: team.id }, { limit: 100, after: null });
  return new Map(items.map((item) => [item.value, item]));
};
const idOf = ({ type, value }: Vouched) => indicatorId(type, value);
const one = (type: "sha256" | "sha1" | "md5" | "domain"): Vouched => {
  const [value] = someValues(1, type);
  if (!value) throw new Error("No value.");
  return value;
};

describe("what a connector takes", () => {
  it("is chosen by tags and by when a source last saw it, with a reason for what stays out", async () => {
    const [good, noisy, old, bare] = [one("domain"), one("domain"), one("domain"), one("domain")];
    await vouch(team, [good], { name: "Good", tags: ["apt29"] });
    await vouch(team, [noisy], { name: "Noisy", tags: ["apt29", "Noise"] });
    await vouch(team, [old], {
      name: "Old",
      tags: ["apt29"],
      lastSeen: new Date(Date.now() - 8 * 86_400_000),
    });
    await vouch(team, [bare], { name: "Bare" });
    const selection = { tags: { allow: ["apt%"], block: ["noise"] }, maxAgeDays: 7 };
    const items = await planned(await connect(actor, team, "defender", { selection }));
    expect(items.get(good.value)).toMatchObject({ operation: "add" });
    expect(items.get(noisy.value)).toMatchObject({ operation: "blocked", code: "tag-blocked" });
    expect(items.get(old.value)).toMatchObject({ operation: "blocked", code: "too-old" });
    expect(items.get(bare.value)).toMatchObject({ operation: "blocked", code: "tag-not-selected" });
  });
});

describe("rules of a connector", () => {
  it("that allow name what they allow, and the plan counts it", async () => {
    const ours = [one("domain"), one("domain")];
    await vouch(team, ours, { name: "Our own", tags: ["ours"] });
    await vouch(team, [one("domain")], { name: "Theirs" });
    const rules = [{ when: { tags: ["ours"] }, action: "Allowed" }];
    const connector = await connect(actor, team, "defender", { rules });
    const { id } = await plan(actor, connector);
    expect(await countPlanActions({ id, teamId: team.id })).toEqual([
      { action: "Allowed", count: 2 },
      { action: "Audit", count: 1 },
    ]);
    await expect(updateConnector(actor, connector, { action: "Allowed" })).rejects.toThrow("Name the feeds");
  });

  it("give the action, the plan says which, and what is pushed is that", async () => {
    const [sure, unsure] = [one("domain"), one("domain")];
    const feed = await vouch(team, [sure], { name: "Sure", confidence: 95 });
    await vouch(team, [unsure], { name: "Unsure", confidence: 20 });
    const rules = [{ when: { feeds: [feed], minConfidence: 90 }, action: "Block", severity: "High" }];
    const connector = await connect(actor, team, "defender", { rules });
    const items = await planned(connector);
    expect(items.get(sure.value)).toMatchObject({
      action: "Block",
      reason:
        "Not there yet. Rule 1: Everything from “Sure”, confidence 90 or more: Block, alert severity High.",
    });
    expect(items.get(unsure.value)).toMatchObject({ action: "Audit", reason: "Not there yet." });

    await push(actor, connector);
    const indicators = await remote.defender();
    expect(indicators.find(({ indicatorValue }) => indicatorValue === sure.value)).toMatchObject({
      action: "Block",
      severity: "High",
    });
    await updateConnector(actor, connector, { rules: [] });
    expect((await planned(connector)).get(sure.value)).toMatchObject({
      operation: "change",
      reason: "Block becomes Audit.",
    });
  });

  it("are refused in a change as they are in a new connector", async () => {
    const rules = [{ when: EVERYTHING, action: null, severity: null, expiryDays: 3 }];
    const sentinel = await connect(actor, team, "sentinel", { rules });
    const block = [
      { when: EVERYTHING, action: "Block" as const, severity: null, expiryDays: null, deviceGroups: null },
    ];
    await expect(updateConnector(actor, sentinel, { rules: block })).rejects.toThrow(
      "Sentinel has no actions",
    );
    const byScore = [
      {
        when: { ...EVERYTHING, minConfidence: 5 },
        action: "Warn" as const,
        severity: null,
        expiryDays: null,
        deviceGroups: null,
      },
    ];
    const defender = await connect(actor, team, "defender", { rules: byScore });
    await expect(updateConnector(actor, defender, { action: "Allowed" })).rejects.toThrow(
      "Choose another action",
    );
    const rulesOfTag = [
      { ...byScore[0], when: { ...EVERYTHING, tags: ["ours"] }, action: "Allowed" as const },
    ];
    const allowing = await connect(actor, team, "defender", { rules: rulesOfTag });
    const selection = selectionSchema.parse({ minConfidence: 80 });
    await expect(updateConnector(actor, allowing, { selection })).rejects.toMatchObject({
      message: expect.stringContaining("Set the lowest confidence to 0") as string,
      fields: [{ pointer: "/selection/minConfidence" }],
    });
  });
});

const EVERYTHING = { types: null, feeds: null, minConfidence: null, tags: null };

describe("hashes of one file at Defender", () => {
  const aFile = async () => {
    const [sha256, sha1] = [one("sha256"), one("sha1")];
    await vouch(team, [sha256], { name: "Strong" });
    await vouch(team, [sha1], { name: "Weak", context: { stronger: [idOf(sha256)] } });
    return { sha256, sha1 };
  };

  it("take one place: the weaker one stays out and comes when the stronger one leaves", async () => {
    const { sha256, sha1 } = await aFile();
    const connector = await connect(actor, team, "defender");
    expect((await planned(connector)).get(sha1.value)).toMatchObject({
      operation: "blocked",
      code: "stronger-hash",
      reason: `SHA-256 ${sha256.value} of the same file is wanted there instead.`,
    });
    await push(actor, connector);
    expect((await planned(connector)).has(sha256.value)).toBe(false);
    await unvouch(team, [sha256]);
    const items = await planned(connector);
    expect(items.get(sha1.value)).toMatchObject({ operation: "add" });
    expect(items.get(sha256.value)).toMatchObject({ operation: "remove" });
  });

  it("leave by the weaker one when a stronger one joins it", async () => {
    const sha1 = one("sha1");
    const sha256 = one("sha256");
    await vouch(team, [sha1], { name: "Weak", context: { stronger: [idOf(sha256)] } });
    const connector = await connect(actor, team, "defender");
    await push(actor, connector);
    await vouch(team, [sha256], { name: "Strong" });
    const items = await planned(connector);
    expect(items.get(sha1.value)).toMatchObject({ operation: "remove", code: "stronger-hash" });
    expect(items.get(sha256.value)).toMatchObject({ operation: "add" });
  });

  it("do not come back by another hash when a person withdrew one", async () => {
    const { sha256, sha1 } = await aFile();
    const connector = await connect(actor, team, "defender");
    const [access] = actor.teams;
    if (!access) throw new Error("The actor has no team.");
    await withdrawIndicator(actor, access, { indicatorId: idOf(sha256), reason: "Ours" });
    expect((await planned(connector)).get(sha1.value)).toMatchObject({
      operation: "blocked",
      code: "same-file-kept-in",
    });
  });

  it("give their place to the weaker one where the stronger one has none, and take it back", async () => {
    const [sha256, sha1, md5] = [one("sha256"), one("sha1"), one("md5")];
    const feed = await vouch(team, [sha256], { name: "Strong" });
    await vouch(team, [sha1], { name: "Weak", context: { stronger: [idOf(sha256)] } });
    await vouch(team, [md5], { name: "Weakest", context: { stronger: [idOf(sha256), idOf(sha1)] } });
    const connector = await connect(actor, team, "defender");
    const setCeiling = (ceiling: number) =>
      database.asOwner((client) =>
        client.query(
          "UPDATE destination SET budget = $2, accepts_md5 = true WHERE id = (SELECT destination_id FROM connector WHERE id = $1)",
          [connector.id, JSON.stringify({ feeds: { [feed]: { floor: 0, ceiling } } })],
        ),
      );
    await setCeiling(0);
    const without = await planned(connector);
    expect(without.get(sha256.value)).toMatchObject({ operation: "blocked", code: "over-feed-ceiling" });
    expect(without.get(sha1.value)).toMatchObject({ operation: "add" });
    expect(without.get(md5.value)).toMatchObject({ operation: "blocked", code: "stronger-hash" });
    expect(await planned(connector)).toEqual(without);
    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 1, failed: 0 });

    await setCeiling(1);
    const items = await planned(connector);
    expect(items.get(sha256.value)).toMatchObject({ operation: "add" });
    expect(items.get(sha1.value)).toMatchObject({ operation: "remove", code: "stronger-hash" });
  });

  it("go by the weaker one where the destination refused the stronger one", async () => {
    const { sha256, sha1 } = await aFile();
    const connector = await connect(actor, team, "defender");
    await push(actor, connector);
    await database.asOwner(async (client) => {
      await client.query("DELETE FROM claim WHERE connector_id = $1", [connector.id]);
      await client.query("UPDATE receipt SET state = 'failed' WHERE connector_id = $1", [connector.id]);
    });
    const items = await planned(connector);
    expect([sha256, sha1].map(({ value }) => items.get(value)?.operation)).toEqual(["add", "add"]);
  });

  it("are told to be one file's only by feeds that the connector takes", async () => {
    const { sha256, sha1 } = await aFile();
    const feeds = [
      await vouch(team, [sha1], { name: "Taken" }),
      await vouch(team, [sha256], { name: "Taken too" }),
    ];
    const items = await planned(await connect(actor, team, "defender", { selection: { feeds } }));
    expect([sha256, sha1].map(({ value }) => items.get(value)?.operation)).toEqual(["add", "add"]);
  });

  it("both go to Sentinel, where nothing is short", async () => {
    const { sha256, sha1 } = await aFile();
    const items = await planned(await connect(actor, team, "sentinel"));
    expect([sha256, sha1].map(({ value }) => items.get(value)?.operation)).toEqual(["add", "add"]);
  });
});
