import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { exportPlan, type PlanFormat } from "./export-plan";
import { getPlan } from "./get-plan";
import { listPlanItems } from "./list-plan-items";
import type { PlanView } from "./plan-view";
import { connect, plan, someValues, vouch } from "@/lib/services/delivery/testing/desk";

const database = useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
let actor: Actor;
let made: PlanView;

/** More than are read at once. */
const WANTED = 1_203;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  team = await makeTeam();
  actor = await makeActor([[team, "analyst"]]);
  const owner = await makeActor([[team, "owner"]]);
  await vouch(team, someValues(WANTED), { name: "=cmd|'/c calc'!A1", confidence: 80 });
  await vouch(team, someValues(2), { name: "Quiet", confidence: 10 });
  await vouch(team, someValues(3), { name: "Secret", tlp: 5 });
  const defender = await connect(owner, team, "defender", { selection: { minConfidence: 50 } });
  made = await getPlan(actor, (await plan(owner, defender)).id);
});
afterAll(async () => {
  await sandbox.close();
});

const download = async (format: PlanFormat): Promise<string> => {
  let file = "";
  for await (const piece of exportPlan(actor, made, { format })) file += piece;
  return file;
};

describe("a plan", () => {
  it("counts what it does and why, and lists exactly those of one operation and reason", async () => {
    expect(made.counts).toMatchObject({ add: WANTED, blocked: 5 });
    expect(made.changesByReason).toEqual({ add: { new: WANTED } });
    expect(made.blockedByReason).toEqual({ "tlp-ceiling": 3, "below-confidence": 2 });
    const { items, next } = await listPlanItems(made, {
      operation: "blocked",
      code: "below-confidence",
      limit: 10,
      after: null,
    });
    expect(items.map(({ code }) => code)).toEqual(["below-confidence", "below-confidence"]);
    expect(next).toBeNull();
  });

  it("downloads whole as JSON, with its hash", async () => {
    const file = JSON.parse(await download("json")) as { hash: string; items: { value: string }[] };
    expect(file.hash).toBe(made.hash);
    expect(new Set(file.items.map(({ value }) => value)).size).toBe(WANTED + 5);
  });

  it("downloads whole as CSV, in which no cell begins as a formula", async () => {
    const lines = (await download("csv")).trimEnd().split("\n");
    expect(lines).toHaveLength(1 + WANTED + 5);
    expect(lines.filter((line) => /(?:^|,)"?[=+\-@]/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes("'=cmd|"))).toHaveLength(WANTED);
  });

  it("tells feeds, TLP and confidence of what stays out, too", async () => {
    const rows: Record<string, string>[] = parse(await download("csv"), { bom: true, columns: true });
    const told = rows
      .filter(({ operation }) => operation === "blocked")
      .map(({ feeds, tlp, confidence }) => [feeds, tlp, confidence]);
    expect(told).toHaveLength(5);
    expect(told.filter(([feeds]) => feeds === "Quiet")).toEqual(Array(2).fill(["Quiet", "amber", "10"]));
    expect(told.filter(([feeds]) => feeds === "Secret")).toEqual(Array(3).fill(["Secret", "red", "80"]));
  });

  it("is taken away under the name of who took it", async () => {
    await download("csv");
    const taken = await database.asOwner((client) =>
      client.query(
        "SELECT FROM audit_entry WHERE action = 'plan.export' AND actor_id = $1 AND subject_id = $2",
        [actor.userId, made.id],
      ),
    );
    expect(taken.rowCount).toBeGreaterThan(0);
  });
});
