import "server-only";

import type { PoolClient } from "pg";

import { outlinePlan } from "./plan-outline";

/** What all calls of one statement took. No values: what it was asked with is not kept. */
export type StatementCost = {
  sql: string;
  calls: number;
  ms: number;
  longestMs: number;
  rows: number;
  /** How PostgreSQL carries it out, once it took long enough in sum. */
  plan: readonly string[] | null;
  /** When statistics of the tables in it were last gathered; null: never. */
  analysedAt: Readonly<Record<string, Date | null>> | null;
};

export type StatementWatch = {
  total: () => { calls: number; ms: number; rows: number };
  /** What took longest in sum comes first. */
  costs: () => readonly StatementCost[];
  stop: () => void;
};

/**
 * Counts and times what a connection is asked from now on, by statement. A statement that took long in sum is explained once, right
 * behind one of its calls: as that was, by the same settings, role and statistics.
 */
export const watchStatements = (
  client: PoolClient,
  { explainAfterMs = EXPLAIN_AFTER_MS }: { explainAfterMs?: number } = {},
): StatementWatch => {
  const costs = new Map<string, StatementCost>();
  const total = { calls: 0, ms: 0, rows: 0 };
  const plain = client.query.bind(client) as (...asked: unknown[]) => unknown;

  const note = (sql: string, startedAt: number, rows: number): StatementCost => {
    const ms = performance.now() - startedAt;
    const cost = costs.get(sql) ?? newCost(sql);
    costs.set(sql, cost);
    for (const sum of [cost, total]) {
      sum.calls += 1;
      sum.ms += ms;
      sum.rows += rows;
    }
    cost.longestMs = Math.max(cost.longestMs, ms);
    return cost;
  };

  // What it is explained by is not explained itself.
  let isExplaining = false;
  const timed = async (answer: Promise<unknown>, asked: Asked, startedAt: number): Promise<unknown> => {
    const result = await answer;
    const cost = note(nameOf(asked), startedAt, rowsOf(result));
    const isSlow = cost.ms >= explainAfterMs && EXPLAINABLE.test(asked.text);
    if (!isSlow || isExplaining || cost.plan !== null) return result;
    isExplaining = true;
    Object.assign(cost, await explain(client, asked));
    isExplaining = false;
    return result;
  };

  client.query = ((...args: unknown[]): unknown => {
    const startedAt = performance.now();
    const asked = readAsked(args);
    const sent = plain(...args);
    if (sent instanceof Promise) return timed(sent, asked, startedAt);
    // A COPY is a stream.
    if (isStream(sent)) sent.once("close", () => note(nameOf(asked), startedAt, rowsOf(sent)));
    return sent;
  }) as PoolClient["query"];

  return {
    total: () => ({ ...total }),
    costs: () => [...costs.values()].sort((one, other) => other.ms - one.ms),
    stop: () => {
      // The class's own is behind it.
      Reflect.deleteProperty(client, "query");
    },
  };
};

const EXPLAIN_AFTER_MS = 2_000;
const EXPLAINABLE = /^\s*(?:select|with|insert|update|delete|merge)\b/i;

type Asked = { text: string; values: unknown[] | undefined };

const readAsked = ([first, second]: readonly unknown[]): Asked => {
  const given = typeof first === "object" && first !== null ? first : {};
  const text = "text" in given ? given.text : first;
  const values = second ?? ("values" in given ? given.values : undefined);
  return {
    text: typeof text === "string" ? text : "",
    values: Array.isArray(values) ? (values as unknown[]) : undefined,
  };
};

/** In one line and without comments, as long as tells it from others. */
const nameOf = ({ text }: Asked): string =>
  text
    .replaceAll(/--[^\n]*/g, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, MOST_CHARACTERS);

const MOST_CHARACTERS = 400;

const newCost = (sql: string): StatementCost => ({
  ...{ sql, calls: 0, ms: 0, longestMs: 0, rows: 0, plan: null, analysedAt: null },
});

const rowsOf = (result: unknown): number =>
  typeof result === "object" && result !== null && "rowCount" in result && typeof result.rowCount === "number"
    ? result.rowCount
    : 0;

type Ending = { once: (event: "close", listener: () => void) => unknown };

const isStream = (sent: unknown): sent is Ending =>
  typeof sent === "object" && sent !== null && "once" in sent && typeof sent.once === "function";

const explain = async (
  client: PoolClient,
  { text, values }: Asked,
): Promise<Pick<StatementCost, "plan" | "analysedAt">> => {
  const { rows } = await client.query<{ "QUERY PLAN": unknown }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
  const { steps, tables } = outlinePlan(rows[0]?.["QUERY PLAN"]);
  const { rows: gathered } = await client.query<{ name: string; at: Date | null }>(
    `SELECT relname AS name, greatest(last_analyze, last_autoanalyze) AS at FROM pg_stat_user_tables WHERE relname = ANY ($1::text[])`,
    [tables],
  );
  return { plan: steps, analysedAt: Object.fromEntries(gathered.map(({ name, at }) => [name, at])) };
};
