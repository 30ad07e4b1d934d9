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
import { askPage, type FeedFact, type FeedFacts, type ReadCandidate } from "./read-page";

/** Enough to keep the server busy, few enough to stay small in memory. */
const PAGE = 5_000;
/** The first one is small, so that judging begins soon; the server looks for the next meanwhile. */
const FIRST_PAGE = 1_000;
/** The numbers of so many pages are asked for at a time. */
const PAGES_AHEAD = 4;
/** So many are handed on at a time: between two handfuls the server is asked for what comes next. */
const HANDFUL = 500;

/** What came of a page, made into candidates when it is called. */
type Answer = () => ReadCandidate[];

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
  const ask = (ids: readonly string[]): Promise<Answer> =>
    askPage(client, connector, { ids, feeds, screener, blast, holders, isUrgent, isHolding });
  let isHashing = false;
  const readAlone = async (ids: readonly string[]): Promise<ReadCandidate[]> =>
    (await (isHashing ? ask(ids) : hashing(client, () => ask(ids))))();
  const kept = keepsFew ? createKept() : null;
  const askKept = async (ids: readonly string[]): Promise<Answer> => {
    const known = kept?.find(ids);
    if (known) return () => known;
    const answer = await ask(ids);
    return () => {
      const page = answer();
      kept?.add(page);
      return page;
    };
  };
  return {
    pages: async function* (nextIds) {
      const nextPage = openIds(client, nextIds);
      /** Puts the next page in line; null behind the last one. */
      const askNext = async (): Promise<{ answer: Promise<Answer> } | null> => {
        const ids = await nextPage();
        if (ids.length === 0) return null;
        const answer = inTurn(client, () => askKept(ids));
        // Whoever stops reading asks for nothing any more, and so hears of no failure.
        answer.catch(() => undefined);
        return { answer };
      };
      // For all pages at once: to say it with each would cost two more questions, for which a busy process is late.
      await inTurn(client, () => startHashing(client));
      isHashing = true;
      for (let asked = await askNext(); asked !== null;) {
        const answer = await asked.answer;
        // The server looks for the next page while this one is read and judged.
        asked = await askNext();
        const page = answer();
        for (let from = 0; from < page.length; from += HANDFUL) {
          yield page.slice(from, from + HANDFUL);
          await setImmediate();
        }
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

/**
 * The numbers of a source page by page, the last one empty. Those of the next pages are asked for as soon as the last of these is taken, so
 * that they are there when they are wanted.
 */
const openIds = (client: PoolClient, nextIds: IdSource): (() => Promise<string[]>) => {
  let [size, from] = [FIRST_PAGE, 0];
  const load = (after: string, limit: number): Promise<string[]> => {
    const ids = inTurn(client, () => nextIds(after, limit));
    ids.catch(() => undefined);
    return ids;
  };
  let loading = load("0", FIRST_PAGE + PAGE);
  return async () => {
    const ids = await loading;
    const page = ids.slice(from, from + size);
    [size, from] = [PAGE, from + page.length];
    const last = page.at(-1);
    if (last !== undefined && from === ids.length) {
      loading = load(last, PAGE * PAGES_AHEAD);
      from = 0;
    }
    return page;
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
