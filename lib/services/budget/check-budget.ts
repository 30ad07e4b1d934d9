import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { bulkAsSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { choose } from "@/lib/domain/selection/budget";
import { patchBudget, type BudgetPatch } from "@/lib/domain/selection/budget-settings";
import { compareChoices, type Shift } from "@/lib/domain/selection/shift";
import { createWishes } from "@/lib/domain/selection/wishes";
import { requireAdministrator } from "@/lib/services/people/privilege";
import { numberScopes } from "@/lib/services/planning/record-numbers";

import { readPool } from "./budget-pool";
import { assertPromise, readBudget } from "./budget-settings";

/** What a change of a budget would do, in numbers of places: a record that several want counts once, and with each of them. */
export type BudgetCheck = Shift & {
  /** Of those that leave, how many stand at the destination now. */
  standing: number;
  /** Places for records of ours, as it would be. */
  room: number;
  teams: (Shift & { id: string; name: string; slug: string })[];
  feeds: (Shift & { id: string; name: string; team: string })[];
};

/**
 * Says what a change of who gets a destination's places would do, by the same choice that plans make, over what the connectors'
 * last plans want there. Nothing is changed. Throws `invalid_input` as the change itself would.
 */
export const checkBudget = async (
  actor: Actor,
  destinationId: string,
  patch: BudgetPatch,
): Promise<BudgetCheck> => {
  requireAdministrator(actor, "admin.system");
  return bulkAsSystem("administration", async (client) => {
    const { budget, limit } = await readBudget(client, destinationId);
    const changed = patchBudget(budget, patch);
    assertPromise(budget, changed, limit);
    const book = createWishes();
    const nobody = { destinationId, id: null, teamId: null };
    const reading = { book, scopes: numberScopes(""), now: await readClock(client), changed };
    const pool = await readPool(client, nobody, reading);
    const wishes = book.wishes();
    const choice = choose(wishes, { ...pool, ...changed }, pool);
    const { leave, come, stay, standing, teams, feeds } = compareChoices(wishes, choice, pool);
    return {
      ...{ leave, come, stay, standing, room: pool.room },
      teams: await nameTeams(client, teams),
      feeds: await nameFeeds(client, feeds),
    };
  });
};

const nameTeams = async (
  client: PoolClient,
  shifts: ReadonlyMap<string, Shift>,
): Promise<BudgetCheck["teams"]> => {
  const { rows } = await client.query<{ id: string; name: string; slug: string }>(
    "SELECT id, name, slug FROM team WHERE id = ANY ($1::uuid[]) ORDER BY name, id",
    [[...shifts.keys()]],
  );
  return rows.map((row) => ({ ...row, ...(shifts.get(row.id) ?? NOTHING) }));
};

const nameFeeds = async (
  client: PoolClient,
  shifts: ReadonlyMap<string, Shift>,
): Promise<BudgetCheck["feeds"]> => {
  const { rows } = await client.query<{ id: string; name: string; team: string }>(
    `SELECT f.id, f.name, t.slug AS team FROM feed f JOIN team t ON t.id = f.team_id
     WHERE f.id = ANY ($1::uuid[]) ORDER BY t.name, f.name, f.id`,
    [[...shifts.keys()]],
  );
  return rows.map((row) => ({ ...row, ...(shifts.get(row.id) ?? NOTHING) }));
};

const NOTHING: Shift = { leave: 0, come: 0, stay: 0 };
