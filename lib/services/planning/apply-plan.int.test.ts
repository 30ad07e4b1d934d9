import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { applyPlan } from "./apply-plan";
import { createPlan, type MadePlan } from "./create-plan";
import { getPlan } from "./get-plan";
import { listPlanItems } from "./list-plan-items";
import { connect, plan, someValues, unvouch, vouch } from "@/lib/services/delivery/testing/desk";

// Planning asks no destination: nothing listens here.
useTestDatabase();
beforeAll(() => {
  process.env["SANDBOX_URL"] = "http://127.0.0.1:9";
});
afterAll(() => {
  delete process.env["SANDBOX_URL"];
});

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const applyMade = ({ id, hash }: MadePlan, as = hash) =>
  applyPlan({ planId: id, teamId: team.id, hash: as, doer: asDoer(actor) });
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);
const refusal = (attempt: Promise<unknown>) => attempt.then(() => "applied", codeOf);

describe("a plan", () => {
  it("is equal, hash and all, when nothing changed in between", async () => {
    await vouch(team, someValues(40), { name: "Feed" });
    const now = new Date();
    const again = () => createPlan({ connectorId: defender.id, teamId: team.id, doer: asDoer(actor), now });
    const [one, other] = [await again(), await again()];
    expect(other).toEqual({ ...one, id: other.id });
  });

  it("gives every candidate one operation with one reason, and counts add up", async () => {
    const values = someValues(12);
    await vouch(team, values.slice(0, 10), { name: "Feed" });
    await vouch(team, values.slice(10), { name: "Red feed", tlp: 5 });
    const { id, counts, blockedByReason } = await plan(actor, defender);
    expect(counts).toEqual({ add: 10, change: 0, remove: 0, keep: 0, blocked: 2 });
    expect(blockedByReason).toEqual({ "tlp-ceiling": 2 });

    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await listPlanItems({ id, teamId: team.id }, { limit: 5, after });
      seen.push(...page.items.map(({ value }) => value));
      expect(page.items.every(({ reason }) => reason !== "")).toBe(true);
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen.toSorted()).toEqual(values.map(({ value }) => value).toSorted());
    const red = await listPlanItems({ id, teamId: team.id }, { code: "tlp-ceiling", limit: 5, after: null });
    expect(red.items).toHaveLength(2);
  });

  it("is applied once, however often it is asked for", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const made = await plan(actor, defender);
    const pushes = [await applyMade(made), await applyMade(made)];
    expect(pushes[1]).toEqual(pushes[0]);
    expect(await getPlan(actor, made.id)).toMatchObject({ state: "applied" });
  });

  it("is refused with another hash than its own", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const made = await plan(actor, defender);
    expect(await refusal(applyMade(made, "0".repeat(64)))).toBe("stale");
    // Whoever asked had another plan before them; this one is as good as before.
    expect(await getPlan(actor, made.id)).toMatchObject({ state: "draft" });
    expect(await refusal(applyMade(made))).toBe("applied");
  });

  it("is refused when the connector's policy changed", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const made = await plan(actor, defender);
    await updateConnector(actor, defender, { severity: "High" });
    expect(await refusal(applyMade(made))).toBe("stale");
    expect(await getPlan(actor, made.id)).toMatchObject({ state: "stale" });
  });

  it("stays refused once it was found stale, and the audit log says what had changed", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    const made = await plan(actor, defender);
    await updateConnector(actor, defender, { severity: "High" });
    await expect(applyMade(made)).rejects.toThrow("The connector's policy changed");
    await updateConnector(actor, defender, { severity: defender.severity });

    await expect(applyMade(made)).rejects.toThrow("This plan is stale");
    const entry = await asSystem("audit", (tx) =>
      tx.auditEntry.findFirst({
        where: { subjectId: made.id, action: "plan.refuse" },
        select: { canonical: true },
      }),
    );
    expect(entry?.canonical).toContain("policy changed");
    expect(await refusal(applyMade(await plan(actor, defender)))).toBe("applied");
  });

  it("is refused when a planned item is not wanted any more, and says how many", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    const made = await plan(actor, defender);
    await unvouch(team, values.slice(0, 2));
    await expect(applyMade(made)).rejects.toThrow("2 planned items changed since this plan was made");
  });

  it("is refused when what a feed says of a planned item changed", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    const made = await plan(actor, defender);
    await vouch(team, values.slice(0, 1), { name: "Another feed", confidence: 99 });
    await expect(applyMade(made)).rejects.toThrow("1 planned item changed");
  });

  it("is applied although new candidates came: they wait for the next one", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const made = await plan(actor, defender);
    await vouch(team, someValues(2), { name: "Later feed" });
    expect(await refusal(applyMade(made))).toBe("applied");
  });

  it("waits while a push of the connector is open, and while the connector is switched off", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const [one, other] = [await plan(actor, defender), await plan(actor, defender)];
    await updateConnector(actor, defender, { enabled: false });
    expect(await refusal(applyMade(one))).toBe("conflict");
    await updateConnector(actor, defender, { enabled: true });
    expect(await refusal(applyMade(one))).toBe("applied");
    expect(await refusal(applyMade(other))).toBe("conflict");
  });

  it("of another team is not found", async () => {
    await vouch(team, someValues(1), { name: "Feed" });
    const made = await plan(actor, defender);
    const stranger = await makeActor([[await makeTeam(), "owner"]]);
    expect(await refusal(getPlan(stranger, made.id))).toBe("not_found");
    const theirs = stranger.teams[0]?.id ?? "";
    const attempt = applyPlan({ planId: made.id, teamId: theirs, hash: made.hash, doer: asDoer(stranger) });
    expect(await refusal(attempt)).toBe("not_found");
  });

  it("of 20,000 candidates is made in pages, in the order of their numbers", async () => {
    await vouch(team, someValues(20_000), { name: "Large feed" });
    const { add, blocked } = (await plan(actor, defender)).counts;
    expect(add + blocked).toBe(20_000);
  });
});
