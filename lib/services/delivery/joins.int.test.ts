import { Client } from "pg";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { deliverPush } from "./deliver-push";
import { apply, connect, push, someValues, vouch } from "./testing/desk";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

/** What is asked for whole pages of candidates and batches of records. */
const OF_BATCHES = {
  candidates: /AS found, /,
  items: /^SELECT p\.indicator_id AS "indicatorId", i\.key/,
  receipts: /^INSERT INTO receipt AS known[\s\S]*batch_stage/,
  claims: /^INSERT INTO claim /,
  settled: /^UPDATE push_item i SET [\s\S]*batch_stage/,
  records: /^UPDATE remote_record r SET [\s\S]*batch_stage/,
};
/** What is asked of what was never answered, by whoever stops its push and by whoever settles it. */
const OF_UNANSWERED = {
  told: /^SELECT i\.push_id AS "pushId", r\.indicator_id AS id/,
  open: /^SELECT i\.push_id AS "pushId", i\.indicator_id AS id/,
  earlier: /^SELECT push_id AS "pushId", indicator_id AS "indicatorId"/,
  answered: /^WITH answered AS/,
};

const original = Reflect.get(Client.prototype, "query") as (...args: unknown[]) => unknown;

type Explained = { statement: string; plan: string[] };

/** Explains watched statements right before they are carried out, on their own connection. */
const watch = (statements: Record<string, RegExp>): Explained[] => {
  const explained: Explained[] = [];
  Reflect.set(Client.prototype, "query", function (this: Client, ...args: unknown[]): unknown {
    const [text, values] = args;
    const found =
      typeof text === "string" && Object.entries(statements).find(([, pattern]) => pattern.test(text.trim()));
    if (!found) return Reflect.apply(original, this, args);
    const [statement] = found;
    const explaining = Reflect.apply(original, this, [`EXPLAIN ${text}`, values]) as Promise<{
      rows: { "QUERY PLAN": string }[];
    }>;
    return explaining.then(({ rows }) => {
      explained.push({ statement, plan: rows.map((row) => row["QUERY PLAN"]) });
      return Reflect.apply(original, this, args);
    });
  });
  return explained;
};

/** Joins in which each row of one side is held against all of the other: what is looked up by an index has no such filter. */
const quadratic = (explained: readonly Explained[]): readonly Explained[] =>
  explained.filter(({ plan }) => plan.some((line) => line.includes("Join Filter:")));
const expectAll = (explained: readonly Explained[], statements: object): void => {
  expect(new Set(explained.map(({ statement }) => statement))).toEqual(new Set(Object.keys(statements)));
};

const MANY = 2_500;
const makeMany = async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  await vouch(team, someValues(MANY), { name: "Many" });
  return { team, actor };
};

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
      const { team, actor } = await makeMany();
      const connector = await connect(actor, team, kind);
      const explained = watch(OF_BATCHES);

      expect((await push(actor, connector)).counts.accepted).toBe(MANY);

      expectAll(explained, OF_BATCHES);
      expect(quadratic(explained)).toEqual([]);
    },
  );

  it("nor is what was never answered, as its push is stopped and as another settles it", async () => {
    const { team, actor } = await makeMany();
    const connector = await connect(actor, team, "defender");
    const pushId = await apply(actor, connector);
    await remote.control("POST", "faults", { match: { path: "*/import" }, times: null, reset: true });
    const signal = new AbortController().signal;
    expect(await deliverPush(pushId, { signal })).toBe("waiting");
    await remote.control("DELETE", "faults");
    await updateConnector(actor, connector, { severity: "High" });
    const explained = watch(OF_UNANSWERED);

    expect(await deliverPush(pushId, { signal })).toBe("stopped");
    expect((await push(actor, connector)).counts.accepted).toBe(MANY);

    expectAll(explained, OF_UNANSWERED);
    expect(quadratic(explained)).toEqual([]);
  });
});
