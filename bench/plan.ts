import { Client } from "pg";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { createPlan, type MadePlan } from "@/lib/services/planning/create-plan";
import { listPlans } from "@/lib/services/planning/list-plans";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { updateBudget } from "@/lib/services/budget/update-budget";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { timed, type Figure, type Sandbox } from "./lib";

const CANDIDATES = 100_000;
const STANDING = 500_000;
const PLACES = 15_000;
/** The sandbox's Fabrikam. */
const OTHER_TENANT = "7e000002-0a1b-4c2d-8e3f-000000000002";
/** One that nobody reads, so that nobody else is there. */
const YET_ANOTHER_TENANT = "7e000003-0a1b-4c2d-8e3f-000000000003";
/** So many values a feed has; each feed is a little less sure than the one before. */
const FEED_VALUES = 20_000;
const TABLES = ["plan_item", "push_item", "budget_entry", "claim", "remote_record", "receipt"] as const;
/** A plan that is left to itself is that of an automatic connector. */
const AUTOMATIC = { mode: "automatic", automaticLimits: null };

type Options = { ownerUrl: string; sandbox: Sandbox; share: number };

/**
 * Planning without sending. 100,000 candidates of three teams for one Defender tenant of 15,000 places with headroom and
 * floors: the last team's plan, and the same once all of it stands. 100,000 of one team, for a tenant of its own. 500,000 that
 * all stand at a Sentinel workspace as they should, looked at once more as an automatic connector does by itself. What an unchanged
 * plan writes is counted, in rows and in requests, and a plan made twice is compared item by item.
 */
export const benchPlan = async ({ ownerUrl, sandbox, share: scale }: Options): Promise<Figure[]> => {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    return [
      ...(await benchBudget(owner, scale)),
      ...(await benchUnchanged(owner, scale, { kind: "sentinel" })),
      ...(await benchUnchanged(owner, scale, { kind: "defender", tenantId: YET_ANOTHER_TENANT })),
      await countRequests(sandbox),
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
    sides.push(await makeSide("defender", Math.round(CANDIDATES * scale * share), AUTOMATIC));
  await setFloors(owner, administrator, sides, scale);
  for (const { connector, actor } of sides.slice(0, 2)) await plan(connector, actor);
  const [, , largest] = sides;
  if (!largest) throw new Error("Three teams were made.");
  await owner.query("VACUUM (ANALYZE) budget_entry");
  const first = await timed(() => plan(largest.connector, largest.actor));
  const { id, counts } = first.result;
  const note = `${wordsOf(counts)}; ${count(CANDIDATES * scale)} candidates of three teams`;
  if (counts.add + counts.blocked !== Math.round(CANDIDATES * scale * 0.5))
    throw new Error(`Not every candidate is in one state: ${note}`);
  await letStand(owner, largest.connector, id);
  return [
    { name: "Plan for a tenant without room for all, first", value: first.ms, unit: "ms", note },
    ...(await benchAgain(owner, "The same, sent and looked at again", largest.connector)),
    ...(await benchWhole(owner, scale, { kind: "defender", tenantId: OTHER_TENANT })),
    ...(await benchWhole(owner, scale, { kind: "sentinel" })),
  ];
};

/** What the system does by itself a second time, where nothing is to be done. */
const benchAgain = async (
  owner: Client,
  name: string,
  connector: ConnectorView,
  bar?: Figure["bar"],
): Promise<Figure[]> => {
  await planUnchanged(connector);
  const before = await countWrites(owner);
  const { ms } = await timed(() => planUnchanged(connector));
  const rows = (await countWrites(owner)) - before;
  const { plans } = await listPlans(connector, { limit: 1, after: null });
  const note = plans.map(({ counts }) => wordsOf(counts)).join();
  return [
    { name, value: ms, unit: "ms", ...(bar && { bar }), note },
    {
      name: "Rows that it wrote",
      value: rows,
      unit: "",
      bar: { most: 0 },
      isOfAnySize: true,
      note: TABLES.join(", "),
    },
  ];
};

const planUnchanged = async ({ id }: ConnectorView): Promise<void> => {
  const outcome = await planAndApply(id);
  if (outcome.status !== "unchanged") throw new Error(`Nothing is to be done: ${JSON.stringify(outcome)}`);
};

/** All candidates of one team, twice. Ends are counted from the last full hour, which must not come in between. */
const benchWhole = async (
  owner: Client,
  scale: number,
  { kind, ...settings }: { kind: ConnectorKind; tenantId?: string },
): Promise<Figure[]> => {
  const { connector, actor } = await makeSide(kind, Math.round(CANDIDATES * scale), settings);
  const now = new Date();
  const first = await timed(() => plan(connector, actor, now));
  const again = await timed(() => plan(connector, actor, new Date(now.getTime() + 1)));
  const bar = { most: 2_000 };
  const name = `Plan of ${count(CANDIDATES * scale)} candidates for ${kind}, first`;
  return [
    { name, value: first.ms, unit: "ms", bar, note: wordsOf(first.result.counts) },
    { name: "The same again", value: again.ms, unit: "ms", bar, note: wordsOf(again.result.counts) },
    await compare(owner, first.result, again.result),
  ];
};

const compare = async (owner: Client, one: MadePlan, other: MadePlan): Promise<Figure> => {
  const { rows } = await owner.query<{ different: number }>(
    `SELECT count(*)::int AS different FROM (SELECT * FROM plan_item WHERE plan_id = $1) one
     FULL JOIN (SELECT * FROM plan_item WHERE plan_id = $2) other ON other.indicator_id = one.indicator_id
     WHERE to_jsonb(one) - 'plan_id' IS DISTINCT FROM to_jsonb(other) - 'plan_id'`,
    [one.id, other.id],
  );
  if (one.hash !== other.hash) throw new Error("A plan made again has another hash.");
  const bar = { most: 0 };
  return { name: "Items that differ", value: rows[0]?.different ?? NaN, unit: "", bar, isOfAnySize: true };
};

const benchUnchanged = async (
  owner: Client,
  scale: number,
  { kind, ...settings }: { kind: ConnectorKind; tenantId?: string },
): Promise<Figure[]> => {
  const values = Math.round(STANDING * scale);
  const { connector, actor } = await makeSide(kind, values, { ...settings, ...AUTOMATIC });
  const { id } = await plan(connector, actor);
  await letStand(owner, connector, id);
  const name = `Unchanged plan of ${count(values)} candidates at ${kind}`;
  return benchAgain(owner, name, connector, { most: 5_000 });
};

/** Nothing is carried out in this part, and an unchanged plan leaves no push to be carried out later. */
const countRequests = async (sandbox: Sandbox): Promise<Figure> => ({
  name: "Requests of all these plans that change something",
  value: (await sandbox.writes()).length,
  unit: "",
  bar: { most: 0 },
  isOfAnySize: true,
});

const makeSide = async (kind: ConnectorKind, values: number, settings = {}): Promise<Side> => {
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

const plan = ({ id: connectorId, teamId }: ConnectorView, actor: Actor, now?: Date): Promise<MadePlan> =>
  createPlan({ connectorId, teamId, doer: asDoer(actor), ...(now && { now }) });

/** As if the plan had been carried out to the last item, and all of it seen there. */
const letStand = async (owner: Client, { id, teamId }: ConnectorView, planId: string): Promise<void> => {
  await owner.query(
    `INSERT INTO remote_record (id, destination_id, indicator_id, state, owner_connector_id, owner_client_id, remote_id, action,
       severity, expires_at, first_sent_at, accepted_at, visible_at)
     SELECT gen_random_uuid(), c.destination_id, p.indicator_id, 'live', c.id, c.client_id, 'r' || p.indicator_id, p.action,
       p.severity, p.expires_at, now(), now(), now()
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
  await owner.query(
    `INSERT INTO receipt (connector_id, indicator_id, team_id, state, remote_id, sent_at, accepted_at, visible_at, expires_at)
     SELECT $1, r.indicator_id, $2, 'visible', r.remote_id, r.first_sent_at, r.accepted_at, r.visible_at, r.expires_at
     FROM remote_record r WHERE r.owner_connector_id = $1`,
    [id, teamId],
  );
  for (const table of ["remote_record", "claim", "receipt", "plan_item"])
    await owner.query(`VACUUM (ANALYZE) ${table}`);
};

const countWrites = async (owner: Client): Promise<number> => {
  // Of its own backends the server tells a little later.
  await owner.query("SELECT pg_stat_force_next_flush(), pg_sleep(1.5)");
  const { rows } = await owner.query<{ writes: string }>(
    "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) AS writes FROM pg_stat_user_tables WHERE relname = ANY ($1)",
    [TABLES],
  );
  return Number(rows[0]?.writes);
};

const wordsOf = (counts: MadePlan["counts"]): string =>
  Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name} ${count(value)}`)
    .join(", ");
const count = (value: number): string => Math.round(value).toLocaleString("en");
