import { Client } from "pg";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { connect, push, someValues, vouch } from "./testing/desk";

const database = useTestDatabase();
useSandbox(startSandbox);

/** What is asked for whole pages of candidates and batches of records. */
const WATCHED =
  /AS found, |^INSERT INTO (?:receipt AS known[\s\S]*batch_stage|claim )|^UPDATE (?:push_item i|remote_record r) SET [\s\S]*batch_stage/;

const original = Reflect.get(Client.prototype, "query") as (...args: unknown[]) => unknown;

/** Explains watched statements right before they are carried out, on their own connection. */
const watch = (): string[][] => {
  const plans: string[][] = [];
  Reflect.set(Client.prototype, "query", function (this: Client, ...args: unknown[]): unknown {
    const [text, values] = args;
    if (typeof text !== "string" || !WATCHED.test(text.trim())) return Reflect.apply(original, this, args);
    const explained = Reflect.apply(original, this, [`EXPLAIN ${text}`, values]) as Promise<{
      rows: { "QUERY PLAN": string }[];
    }>;
    return explained.then(({ rows }) => {
      plans.push([text.trim().slice(0, 40), ...rows.map((row) => row["QUERY PLAN"])]);
      return Reflect.apply(original, this, args);
    });
  });
  return plans;
};

/** Joins in which each row of one side is held against all of the other: what is looked up by an index has no such filter. */
const quadratic = (plan: readonly string[]): readonly string[] =>
  plan.filter((line) => line.includes("Join Filter:"));

describe("where no statistics tell how much a team, a push or a connector has", () => {
  beforeAll(async () => {
    const team = await makeTeam();
    const actor = await makeActor([[team, "owner"]]);
    await vouch(team, someValues(20), { name: "Few" });
    await push(actor, await connect(actor, team, "defender"));
    await database.asOwner((client) => client.query("ANALYZE"));
  });
  afterEach(() => {
    Reflect.set(Client.prototype, "query", original);
  });

  it.each(["defender", "sentinel"] as const)(
    "no page of candidates and no batch of records for %s is joined row by row",
    async (kind) => {
      const team = await makeTeam();
      const actor = await makeActor([[team, "owner"]]);
      await vouch(team, someValues(2_500), { name: "Many" });
      const connector = await connect(actor, team, kind);
      const plans = watch();
      expect((await push(actor, connector)).counts.accepted).toBe(2_500);
      expect(plans.length).toBeGreaterThanOrEqual(8);
      expect(plans.filter((plan) => quadratic(plan).length > 0)).toEqual([]);
    },
  );
});
