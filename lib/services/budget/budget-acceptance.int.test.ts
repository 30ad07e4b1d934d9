import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { makeSide, planOf, useSharedTenant, type Side } from "@/lib/testing/shared-tenant";
import { startSandbox } from "@/sandbox/server";

const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const tenant = useSharedTenant(remote);
const { database, setBudget, seeForeign } = tenant;

const FOREIGN = 1_200;
const CHOSEN = 15_000 - FOREIGN - 300;
const FLOOR = { floor: 2_000, ceiling: null };
/** Feeds of a team, each of so many values and less sure than the one before. */
const FEEDS = 10;

let sides: Side[];
beforeEach(async () => {
  const { reader, blind } = tenant.sides();
  sides = [reader, blind, await makeSide("TPI_TeamA")];
});

/** A team's candidates, none much surer than this: those of a feed differ by up to three, so that ties decide little. */
const vouchFor = async ({ team }: Side, count: number, surest: number): Promise<void> => {
  const values = someValues(count);
  for (let feed = 0; feed < FEEDS; feed += 1) {
    const some = values.slice((feed * count) / FEEDS, ((feed + 1) * count) / FEEDS);
    await vouch(team, some, { name: `Feed ${String(feed)}`, confidence: surest - 2 * feed });
  }
  await changeConfidence("abs(hashint8(indicator_id)) % 4", team.id);
};

/** Each team's plan, made once more after the others had theirs. */
const planAll = async () => {
  for (const side of sides) await planOf(side);
  return Promise.all(sides.map(planOf));
};
type Plans = Awaited<ReturnType<typeof planAll>>;

const sumOf = (plans: Plans, of: "add" | "remove" | "blocked"): number =>
  plans.reduce((sum, { counts }) => sum + counts[of], 0);

/** All that a plan says, item by item. */
const readBytes = (plans: Plans): Promise<string[]> =>
  database.asOwner(async (client) => {
    const texts: string[] = [];
    for (const { id } of plans) {
      const { rows } = await client.query<{ text: string }>(
        `SELECT string_agg((to_jsonb(i) - 'plan_id')::text, '\n' ORDER BY indicator_id) AS text FROM plan_item i WHERE plan_id = $1`,
        [id],
      );
      texts.push(rows[0]?.text ?? "");
    }
    return texts;
  });

const changeConfidence = (by: string, teamId: string): Promise<void> =>
  database.asOwner(async (client) => {
    for (const table of ["attribution", "team_indicator"])
      await client.query(`UPDATE ${table} SET confidence = confidence + ${by} WHERE team_id = $1`, [teamId]);
  });

/** Every one's, up or down by one. */
const MOVED = "CASE WHEN abs(hashint8extended(indicator_id, 7) % 2) = 0 THEN 1 ELSE -1 END";

describe("a tenant of 15,000 with 1,200 foreign, 300 headroom, three teams with floors of 2,000 and 40,000 candidates", () => {
  it("gets exactly 13,500 of them, each floor met, foreign ones untouched, one reason for each other, and is not shuffled by noise", async () => {
    await seeForeign(FOREIGN);
    const [reader, blind, third] = sides;
    if (!reader || !blind || !third) throw new Error("Three teams were made.");
    await setBudget({
      headroom: 300,
      teams: Object.fromEntries(sides.map(({ team }) => [team.id, FLOOR])),
    });
    await vouchFor(reader, 14_000, 95);
    await vouchFor(blind, 13_000, 94);
    await vouchFor(third, 13_000, 25);
    const strangers = (await remote.defender()).map(({ id }) => id);
    expect(strangers).toHaveLength(FOREIGN);

    const plans = await planAll();

    expect(sumOf(plans, "add")).toBe(CHOSEN);
    for (const { counts } of plans) expect(counts.add).toBeGreaterThanOrEqual(FLOOR.floor);
    expect(sumOf(plans, "blocked")).toBe(40_000 - CHOSEN);
    for (const { counts, blockedByReason } of plans)
      expect(blockedByReason).toEqual({ "over-budget": counts.blocked });
    const bytes = await readBytes(plans);
    expect(bytes.join("\n").split("\n")).toHaveLength(40_000);

    const again = await planAll();
    expect(again.map(({ hash }) => hash)).toEqual(plans.map(({ hash }) => hash));
    expect(await readBytes(again)).toEqual(bytes);

    for (const side of sides) {
      const { counts } = await push(side.actor, side.defender);
      expect(counts).toMatchObject({ failed: 0, skipped: 0 });
    }
    const standing = new Set((await remote.defender()).map(({ id }) => id));
    expect(standing.size).toBe(FOREIGN + CHOSEN);
    expect(strangers.filter((id) => !standing.has(id))).toEqual([]);

    for (const side of sides) await changeConfidence(MOVED, side.team.id);
    const noisy = await planAll();
    expect(sumOf(noisy, "add")).toBe(sumOf(noisy, "remove"));
    expect(sumOf(noisy, "add")).toBeLessThan(CHOSEN / 100);
  }, 600_000);
});
