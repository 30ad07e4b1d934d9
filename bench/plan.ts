import { Client } from "pg";

import { asDoer, SYSTEM, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { createPlan, type MadePlan } from "@/lib/services/planning/create-plan";
import { connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { updateBudget } from "@/lib/services/budget/update-budget";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { timed, type Figure } from "./lib";

const CANDIDATES = 100_000;
const STANDING = 500_000;
const PLACES = 15_000;
/** The sandbox's Fabrikam. */
const OTHER_TENANT = "7e000002-0a1b-4c2d-8e3f-000000000002";
/** One that nobody reads, so that nobody else is there. */
const YET_ANOTHER_TENANT = "7e000003-0a1b-4c2d-8e3f-000000000003";
/** So many values a feed has; each feed is a little less sure than the one before. */
const FEED_VALUES = 20_000;
const TABLES = ["plan_item", "budget_entry", "claim", "remote_record"] as const;

/**
 * Planning without sending. 100,000 candidates of three teams for one Defender tenant of 15,000 places with headroom and
 * floors: the last team's plan, and the same once all of it stands. 100,000 of one team, for a tenant of its own. 500,000 that
 * all stand at a Sentinel workspace as they should, looked at once more. What an unchanged plan writes is counted.
 */
export const benchPlan = async (ownerUrl: string, scale: number): Promise<Figure[]> => {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    return [
      ...(await benchBudget(owner, scale)),
      await benchUnchanged(owner, scale, { kind: "sentinel" }),
      await benchUnchanged(owner, scale, { kind: "defender", tenantId: YET_ANOTHER_TENANT }),
    ];
  } finally {
    await owner.end();
  }
};

type Side = { actor: Actor; connector: ConnectorView };

const benchBudget = async (owner: Client, scale: number): Promise<Figure[]> => {
  const administrator = await makeActor([], { isAdministrator: true });
  const sides: Side[] = [];
  for (const share of [0.25, 0.25, 0.5])
    sides.push(await makeSide("defender", Math.round(CANDIDATES * scale * share)));
  await setFloors(owner, administrator, sides, scale);
  for (const { connector, actor } of sides.slice(0, 2)) await plan(connector, actor);
  const [, , largest] = sides;
  if (!largest) throw new Error("Three teams were made.");
  await owner.query("VACUUM (ANALYZE) budget_entry");
  const first = await timed(() => plan(largest.connector, largest.actor));
  const { id, counts } = first.result;
  const note = `${wordsOf(first.result)}; ${count(CANDIDATES * scale)} candidates of three teams`;
  if (counts.add + counts.blocked !== Math.round(CANDIDATES * scale * 0.5))
    throw new Error(`Not every candidate is in one state: ${note}`);
  await letStand(owner, largest.connector, id);
  return [
    { name: "Plan for a tenant without room for all, first", value: first.ms, unit: "ms", note },
    await benchAgain(owner, "The same, sent and looked at again", largest.connector),
    ...(await benchWhole(scale, { kind: "defender", tenantId: OTHER_TENANT })),
    ...(await benchWhole(scale, { kind: "sentinel" })),
  ];
};

/** A plan by which nothing is to be done, made by the system itself a second time. */
const benchAgain = async (owner: Client, name: string, connector: ConnectorView): Promise<Figure> => {
  await planByItself(connector);
  const before = await countWrites(owner);
  const { ms, result } = await timed(() => planByItself(connector));
  return { name, value: ms, unit: "ms", note: `${wordsOf(result)}; ${await sinceThen(owner, before)}` };
};

/** All candidates of one team. */
const benchWhole = async (
  scale: number,
  { kind, ...settings }: { kind: "defender" | "sentinel"; tenantId?: string },
): Promise<Figure[]> => {
  const { connector, actor } = await makeSide(kind, Math.round(CANDIDATES * scale), settings);
  const first = await timed(() => plan(connector, actor));
  const again = await timed(() => plan(connector, actor));
  return [
    {
      name: `Plan of ${count(CANDIDATES * scale)} candidates for ${kind}, first`,
      value: first.ms,
      unit: "ms",
      bar: { most: 2_000 },
      note: wordsOf(first.result),
    },
    {
      name: "The same again",
      value: again.ms,
      unit: "ms",
      bar: { most: 2_000 },
      note: wordsOf(again.result),
    },
  ];
};

const benchUnchanged = async (
  owner: Client,
  scale: number,
  { kind, ...settings }: { kind: "defender" | "sentinel"; tenantId?: string },
): Promise<Figure> => {
  const { connector, actor } = await makeSide(kind, Math.round(STANDING * scale), settings);
  const { id } = await plan(connector, actor);
  await letStand(owner, connector, id);
  const name = `Unchanged plan of ${count(STANDING * scale)} candidates at ${kind}`;
  return { ...(await benchAgain(owner, name, connector)), bar: { most: 5_000 } };
};

const makeSide = async (kind: "defender" | "sentinel", values: number, settings = {}): Promise<Side> => {
  const team = await makeTeam(`Plan ${String(values)} of ${String(Date.now())}`);
  const actor = await makeActor([[team, "owner"]]);
  for (let made = 0; made < values; made += FEED_VALUES) {
    const some = someValues(Math.min(FEED_VALUES, values - made), "sha256");
    await vouch(team, some, {
      name: `Feed ${String(made)}`,
      confidence: 90 - Math.round(made / FEED_VALUES),
    });
  }
  return { actor, connector: await connect(actor, team, kind, settings) };
};

const setFloors = async (owner: Client, administrator: Actor, sides: readonly Side[], scale: number) => {
  const { rows } = await owner.query<{ id: string }>(
    "SELECT destination_id AS id FROM connector WHERE id = $1",
    [sides[0]?.connector.id],
  );
  const floor = Math.round(2_000 * Math.min(1, scale));
  const teams = Object.fromEntries(
    sides.map(({ connector }) => [connector.teamId, { floor, ceiling: null }]),
  );
  // A smaller scenario has a smaller tenant.
  const headroom = PLACES - Math.round((PLACES - 300) * Math.min(1, scale));
  await updateBudget(administrator, rows[0]?.id ?? "", { headroom, teams });
};

const plan = ({ id: connectorId, teamId }: ConnectorView, actor: Actor): Promise<MadePlan> =>
  createPlan({ connectorId, teamId, doer: asDoer(actor) });
const planByItself = ({ id: connectorId, teamId }: ConnectorView): Promise<MadePlan> =>
  createPlan({ connectorId, teamId, doer: SYSTEM });

/** As if the plan had been carried out to the last item. */
const letStand = async (owner: Client, { id, teamId }: ConnectorView, planId: string): Promise<void> => {
  await owner.query(
    `INSERT INTO remote_record (id, destination_id, indicator_id, state, owner_connector_id)
     SELECT gen_random_uuid(), c.destination_id, p.indicator_id, 'live', c.id
     FROM plan_item p JOIN connector c ON c.id = $1 WHERE p.plan_id = $2 AND p.operation = 'add'`,
    [id, planId],
  );
  await owner.query(
    `INSERT INTO claim (record_id, connector_id, team_id, indicator_id, action, severity, confidence, tlp, expires_at, content,
       content_hash)
     SELECT r.id, $1, $2, p.indicator_id, p.action, p.severity, 80, 3, p.expires_at, p.content, p.desired_hash
     FROM plan_item p JOIN remote_record r ON r.indicator_id = p.indicator_id AND r.owner_connector_id = $1
     WHERE p.plan_id = $3 AND p.operation = 'add'`,
    [id, teamId, planId],
  );
  for (const table of ["remote_record", "claim", "plan_item"]) await owner.query(`VACUUM (ANALYZE) ${table}`);
};

type Writes = ReadonlyMap<string, number>;

const countWrites = async (owner: Client): Promise<Writes> => {
  // Of its own backends the server tells a little later.
  await owner.query("SELECT pg_stat_force_next_flush(), pg_sleep(1.5)");
  const { rows } = await owner.query<{ name: string; writes: number }>(
    `SELECT relname AS name, (n_tup_ins + n_tup_upd + n_tup_del)::int AS writes FROM pg_stat_user_tables
     WHERE relname = ANY ($1)`,
    [TABLES],
  );
  return new Map(rows.map(({ name, writes }) => [name, writes]));
};

const sinceThen = async (owner: Client, before: Writes): Promise<string> => {
  const after = await countWrites(owner);
  const written = TABLES.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0));
  return `${String(written.reduce((sum, some) => sum + some, 0))} rows written of items, entries, claims and records`;
};

const wordsOf = ({ counts }: MadePlan): string =>
  Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name} ${count(value)}`)
    .join(", ");
const count = (value: number): string => Math.round(value).toLocaleString("en");
