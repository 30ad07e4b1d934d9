import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { connect, plan, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { getPlan } from "@/lib/services/planning/get-plan";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { purgeBlocked } from "./purge-plans";
import { purgePushes } from "./purge-pushes";

// Planning asks no destination: nothing listens here.
const database = useTestDatabase();
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
  await asOwner("TRUNCATE plan, plan_item, push, push_item, setting");
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const asOwner = (sql: string, values: unknown[] = []) =>
  database.asOwner((client) => client.query<Record<string, unknown>>(sql, values));
const count = async (table: string, condition = "true"): Promise<number> => {
  const { rows } = await asOwner(`SELECT count(*)::int AS count FROM ${table} WHERE ${condition}`);
  return Number(rows[0]?.["count"]);
};
/** A push that ended so many days ago, with the plan that it carried out. */
const pushOf = async (daysAgo: number, itemState = "accepted") => {
  const { id: planId, hash } = await plan(actor, defender);
  const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
  await asOwner(
    `UPDATE push SET state = 'done', queued_at = now() - make_interval(days => $2), finished_at = now() - make_interval(days => $2) WHERE id = $1`,
    [id, daysAgo],
  );
  await asOwner("UPDATE plan SET created_at = now() - make_interval(days => $2) WHERE id = $1", [
    planId,
    daysAgo,
  ]);
  await asOwner("UPDATE push_item SET state = $2::push_item_state, sent_at = now() WHERE push_id = $1", [
    id,
    itemState,
  ]);
  return { id, planId };
};

describe("a push that ended", () => {
  beforeEach(() => vouch(team, someValues(5), { name: "Feed" }));

  it("goes with its items and its plan once it is older than is kept; a younger one and the newest stay", async () => {
    const old = await pushOf(181);
    const young = await pushOf(179);
    const newest = await pushOf(178);
    expect(await purgePushes(new Date())).toBe(1);
    const left = await asOwner("SELECT id FROM push ORDER BY queued_at");
    expect(left.rows.map(({ id }) => id)).toEqual([young.id, newest.id]);
    expect(await count("push_item", `push_id = '${old.id}'`)).toBe(0);
    expect(await count("plan_item", `plan_id = '${old.planId}'`)).toBe(0);
    expect(await count("plan", `id = '${old.planId}'`)).toBe(0);
    expect(await purgePushes(new Date(Date.now() + 400 * 86_400_000))).toBe(1);
    expect(await count("push")).toBe(1);
  });

  it("stays while something of it was sent and never answered", async () => {
    await pushOf(200, "sending");
    await pushOf(1);
    expect(await purgePushes(new Date())).toBe(0);
  });

  it("goes in bites, however many items it has", async () => {
    await pushOf(200);
    await pushOf(1);
    expect(await purgePushes(new Date(), { bite: 2 })).toBe(1);
    expect(await count("push")).toBe(1);
  });
});

describe("what an applied plan left out", () => {
  it("is listed until a newer plan says what stays out now, and is counted afterwards", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    // Defender knows no networks.
    await vouch(
      team,
      [1, 2, 3, 4, 5].map((part) => ({ type: "ipv4-cidr", value: `198.51.${String(part)}.0/24` })),
      { name: "Networks" },
    );
    const { planId } = await pushOf(2);
    const blocked = () => count("plan_item", `plan_id = '${planId}' AND operation = 'blocked'`);
    expect(await blocked()).toBe(5);
    expect(await purgeBlocked()).toBe(0);

    await plan(actor, defender);
    expect(await purgeBlocked({ bite: 2 })).toBe(5);
    expect(await blocked()).toBe(0);
    expect(await count("plan_item", `plan_id = '${planId}'`)).toBe(3);
    expect(await getPlan(actor, planId)).toMatchObject({
      listsBlocked: false,
      counts: { add: 3, blocked: 5 },
    });
    expect(await purgeBlocked()).toBe(0);
  });
});
