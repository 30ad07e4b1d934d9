import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { bulkAsTeam } from "@/lib/db/scope";

import { listedIds } from "./candidate-ids";
import { judgeCandidates } from "./judge-candidates";
import { readPlanningConnector } from "./planning-connector";

/** What an act would have a connector do, in numbers of values. */
export type ForeseenAt = {
  connectorId: string;
  connector: string;
  mode: "review" | "automatic";
  enabled: boolean;
  add: number;
  change: number;
  remove: number;
  /** What is touched and stands there as it is wanted. */
  keep: number;
};

type Supposed = {
  /** Makes it so; undone before anybody sees it. */
  suppose: (client: PoolClient) => Promise<void>;
  /** The values that may be judged otherwise then, by their rows' numbers in order. */
  findIds: (client: PoolClient, connectorId: string) => Promise<readonly string[]>;
  now?: Date;
};

/**
 * Says of each connector of a team what it would do with values if something was otherwise, by the judgement that plans are made
 * of. Nothing is changed. Who gets the places of a full tenant is not asked: that is for the plan.
 */
export const foreseeElsewise = (
  teamId: string,
  { suppose, findIds, now: given }: Supposed,
): Promise<ForeseenAt[]> =>
  bulkAsTeam(teamId, async (client) => {
    await client.query("SAVEPOINT supposed");
    await suppose(client);
    const now = given ?? (await readClock(client));
    const foreseen: ForeseenAt[] = [];
    for (const connectorId of await connectorsOf(client, teamId)) {
      const ids = await findIds(client, connectorId);
      const connector = await readPlanningConnector(client, { connectorId, teamId });
      const counts = { add: 0, change: 0, remove: 0, keep: 0, blocked: 0 };
      const judging = { connector, isWithdrawal: false, isUrgent: true, now };
      for await (const page of judgeCandidates(client, listedIds(ids), judging))
        for (const { operation } of page) counts[operation] += 1;
      const { name, mode, enabled } = connector;
      const { add, change, remove, keep } = counts;
      foreseen.push({ ...{ connectorId, connector: name, mode, enabled }, add, change, remove, keep });
    }
    await client.query("ROLLBACK TO SAVEPOINT supposed");
    return foreseen;
  });

const connectorsOf = async (client: PoolClient, teamId: string): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM connector WHERE team_id = $1 AND deleted_at IS NULL ORDER BY name, id",
    [teamId],
  );
  return rows.map(({ id }) => id);
};
