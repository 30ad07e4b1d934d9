import "server-only";

import { setImmediate } from "node:timers/promises";

import type { PoolClient } from "pg";

import { feedLook } from "@/lib/db/queries/fading";
import { hasHolds } from "@/lib/db/queries/withheld";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { findNear } from "@/lib/domain/screening/nearness";

import { scopesOf } from "@/lib/domain/selection/policy";
import { openScreener } from "@/lib/services/allowlists/open-screener";

import type { IdSource } from "./candidate-ids";
import { readHolders } from "@/lib/services/reconcile/foreign-records";
import type { PlanningConnector } from "./planning-connector";
import { openBlast } from "./read-blast";
import { readPage, type FeedFact, type FeedFacts, type ReadCandidate } from "./read-page";

/** Enough to keep the server busy, few enough to stay small in memory. */
const PAGE = 5_000;
/** The first one is small, so that judging begins soon; the server looks for the next meanwhile. */
const FIRST_PAGE = 1_000;
/** So many are handed on at a time: between two handfuls the server is asked for what comes next. */
const HANDFUL = 1_000;

export type CandidateReader = {
  /** Candidates page by page in the order of their numbers: bounded memory whatever the set's size. */
  pages: (nextIds: IdSource) => AsyncGenerator<ReadCandidate[]>;
  /** Those of these public ids that are known at all, in no order. */
  byKeys: (keys: readonly string[]) => Promise<ReadCandidate[]>;
  /** Those of these numbers, in their order. */
  byIds: (ids: readonly string[]) => Promise<ReadCandidate[]>;
  /** What the team calls its feeds, by their id. */
  feedName: (feedId: string) => string | undefined;
  /** What on one of the team's allowlists a value is close to. */
  findNear: (type: IndicatorType, value: string) => string | null;
};

/** Opens a connector's candidates: what is asked of each alike is read once. */
export const openCandidates = async (
  client: PoolClient,
  connector: PlanningConnector,
  isUrgent: boolean,
): Promise<CandidateReader> => {
  const feeds = await readFeeds(client, connector);
  const isHolding = await hasHolds(client, connector.teamId);
  const screener = await openScreener(client, connector.teamId);
  const blast = await openBlast(client, connector);
  const holders = await readHolders(
    client,
    { ...connector, kind: connector.policy.kind },
    scopesOf(connector.policy),
  );
  const read = (ids: readonly string[]) =>
    readPage(client, connector, { ids, feeds, screener, blast, holders, isUrgent, isHolding });
  return {
    pages: async function* (nextIds) {
      const load = async (
        after: string,
        limit: number,
      ): Promise<{ page: ReadCandidate[]; last: string } | null> => {
        const ids = await nextIds(after, limit);
        const last = ids.at(-1);
        return last === undefined ? null : { page: await read(ids), last };
      };
      // The server looks for the next page while this one is judged.
      for (let next = load("0", FIRST_PAGE); ;) {
        const loaded = await next;
        if (loaded === null) return;
        next = load(loaded.last, PAGE);
        // Whoever stops reading asks for no page any more, and so hears of no failure.
        next.catch(() => undefined);
        for (let from = 0; from < loaded.page.length; from += HANDFUL) {
          yield loaded.page.slice(from, from + HANDFUL);
          await setImmediate();
        }
      }
    },
    byKeys: async (keys) => {
      const { rows } = await client.query<{ id: string }>(
        "SELECT id FROM indicator WHERE key = ANY ($1::uuid[])",
        [keys],
      );
      return rows.length === 0 ? [] : read(rows.map(({ id }) => id));
    },
    byIds: read,
    feedName: (feedId) => feeds.get(feedId)?.name,
    findNear: (type, value) => findNear(screener.screen, type, value),
  };
};

/** What of a team's feeds decides about all that they name, by their id. */
export const readFeeds = async (
  client: PoolClient,
  { id: connectorId, teamId, policy }: PlanningConnector,
): Promise<FeedFacts> => {
  const look = policy.selection.maxAgeDays === null ? "NULL::timestamptz" : feedLook("feed");
  const { rows } = await client.query<FeedFact & { id: string }>(
    `SELECT id, name, visibility = 'everyone' AS "isPublic", store_only OR source_store_only AS "isStoreOnly",
       coalesce(jsonb_typeof(settings #> '{subscription,connectors}') = 'array'
         AND NOT settings #> '{subscription,connectors}' ? $2, false) AS "isWithheld",
       ${look} AS "lookedAt"
     FROM feed WHERE team_id = $1`,
    [teamId, connectorId],
  );
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
};
