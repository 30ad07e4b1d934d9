import "server-only";

import { setImmediate } from "node:timers/promises";

import type { PoolClient } from "pg";

import { feedLook } from "@/lib/db/queries/fading";
import { inTurn } from "@/lib/db/in-turn";
import { endHashing, hashing, startHashing } from "@/lib/db/queries/planning";
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
const HANDFUL = 500;

type Loading = { page: Promise<ReadCandidate[]>; following: Promise<string[]> };

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

/** About as many as a Defender tenant holds; some 30 MB. */
const MOST_KEPT = 16_000;

type Options = {
  isUrgent?: boolean;
  /** Pages are asked for more than once: while they are few, they are read once. */
  keepsFew?: boolean;
};

/** Opens a connector's candidates: what is asked of each alike is read once. */
export const openCandidates = async (
  client: PoolClient,
  connector: PlanningConnector,
  { isUrgent = false, keepsFew = false }: Options = {},
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
  let isHashing = false;
  const readAlone = (ids: readonly string[]) => (isHashing ? read(ids) : hashing(client, () => read(ids)));
  const kept = keepsFew ? createKept() : null;
  const readKept = async (ids: readonly string[]): Promise<ReadCandidate[]> => {
    const known = kept?.find(ids);
    if (known) return known;
    const page = await read(ids);
    kept?.add(page);
    return page;
  };
  return {
    pages: async function* (nextIds) {
      /** Asks for a page, and for the ids behind it at once, so that the server never waits for us between the two. */
      const load = async (ids: Promise<string[]>): Promise<Loading | null> => {
        const asked = await ids;
        const last = asked.at(-1);
        if (last === undefined) return null;
        const page = inTurn(client, () => readKept(asked));
        const following = inTurn(client, () => nextIds(last, PAGE));
        // Whoever stops reading asks for nothing any more, and so hears of no failure.
        for (const promise of [page, following]) promise.catch(() => undefined);
        return { page, following };
      };
      // For all pages at once: to say it with each would cost two more questions, for which a busy process is late.
      await inTurn(client, () => startHashing(client));
      isHashing = true;
      for (let loading = await load(nextIds("0", FIRST_PAGE)); loading !== null;) {
        const page = await loading.page;
        // The server looks for the next page while this one is judged.
        const next = load(loading.following);
        next.catch(() => undefined);
        for (let from = 0; from < page.length; from += HANDFUL) {
          yield page.slice(from, from + HANDFUL);
          await setImmediate();
        }
        loading = await next;
      }
      isHashing = false;
      await inTurn(client, () => endHashing(client));
    },
    byKeys: async (keys) => {
      const { rows } = await client.query<{ id: string }>(
        "SELECT id FROM indicator WHERE key = ANY ($1::uuid[])",
        [keys],
      );
      return rows.length === 0 ? [] : readAlone(rows.map(({ id }) => id));
    },
    byIds: readAlone,
    feedName: (feedId) => feeds.get(feedId)?.name,
    findNear: (type, value) => findNear(screener.screen, type, value),
  };
};

/** Candidates that were read, until there are too many. */
const createKept = () => {
  let byId: Map<string, ReadCandidate> | null = new Map();
  return {
    /** All of these, or null where one of them is not known. */
    find: (ids: readonly string[]): ReadCandidate[] | null => {
      const found: ReadCandidate[] = [];
      for (const id of ids) {
        const one = byId?.get(id);
        if (!one) return null;
        found.push(one);
      }
      return found;
    },
    add: (page: readonly ReadCandidate[]): void => {
      if (byId && byId.size + page.length > MOST_KEPT) byId = null;
      for (const one of page) byId?.set(one.id, one);
    },
  };
};

/** What of a team's feeds decides about all that they name, by their id. */
export const readFeeds = async (
  client: PoolClient,
  { id: connectorId, teamId, policy }: PlanningConnector,
): Promise<FeedFacts> => {
  const look = policy.selection.maxAgeDays === null ? "NULL::timestamptz" : feedLook("feed");
  const { rows } = await client.query<FeedFact & { id: string }>(
    `SELECT id, name, visibility = 'everyone' AS "isPublic", kind = 'local' AS "isOwnList", store_only OR source_store_only AS "isStoreOnly",
       coalesce(jsonb_typeof(settings #> '{subscription,connectors}') = 'array'
         AND NOT settings #> '{subscription,connectors}' ? $2, false) AS "isWithheld",
       ${look} AS "lookedAt"
     FROM feed WHERE team_id = $1`,
    [teamId, connectorId],
  );
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
};
