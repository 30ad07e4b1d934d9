import "server-only";

import { isDeepStrictEqual } from "node:util";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";

import type { OpenPush } from "./push-lease";

/** What decides about a push's values, each a text that is another one once something of it changed. */
export type AsOf = {
  /** What the team has. */
  values: string;
  /** Its lists. */
  lists: string;
  /** What it holds back. */
  holds: string;
  /** What the connector takes, and what of all claimants at its destination may be said there. */
  policy: string;
};

/** Ceilings and feeds that everybody may use, of all who send to the destination of `c`. */
const SAID = `(SELECT string_agg(concat_ws(' ', k.id, k.selection->>'maxTlp', (
    SELECT string_agg(concat_ws(' ', f.id, f.name), ' ' ORDER BY f.id) FROM feed f
    WHERE f.team_id = k.team_id AND f.visibility = 'everyone' AND f.deleted_at IS NULL)), ' ' ORDER BY k.id)
  FROM connector k WHERE k.destination_id = c.destination_id AND k.deleted_at IS NULL)`;

/** Each of `AsOf` as an expression about `t`, a team, and `c`, a connector. */
export const AS_OF: Readonly<Record<keyof AsOf, string>> = {
  values: "t.change_count::text",
  lists: "t.screening_version::text",
  holds: `(SELECT coalesce(string_agg(h.id::text, ' ' ORDER BY h.id), '') FROM withheld h WHERE h.team_id = t.id AND h.lifted_at IS NULL)`,
  policy: `md5(concat_ws(' ', c.selection, c.device_groups, ${SAID}))`,
};

/** Where nobody asked yet. */
export const NEVER_ASKED: AsOf = { values: "", lists: "", holds: "", policy: "" };

/** Reads what decides about a push's values now. */
export const readAsOf = async (
  client: PoolClient,
  { teamId, connectorId }: Pick<OpenPush, "teamId" | "connectorId">,
): Promise<AsOf> => {
  const { rows } = await client.query<AsOf>(
    `SELECT ${AS_OF.values} AS values, ${AS_OF.lists} AS lists, ${AS_OF.holds} AS holds, ${AS_OF.policy} AS policy
     FROM team t JOIN connector c ON c.id = $2 WHERE t.id = $1`,
    [teamId, connectorId],
  );
  return rows[0] ?? NEVER_ASKED;
};

/** Whether what was prepared would be prepared in the same way now. */
export const isStillSo = async (push: OpenPush, asOf: AsOf): Promise<boolean> =>
  isDeepStrictEqual(asOf, await bulkAsSystem("delivery", (client) => readAsOf(client, push)));
