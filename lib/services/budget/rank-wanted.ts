import "server-only";

import type { PoolClient } from "pg";

import { recordScope } from "@/lib/domain/selection/policy";
import { NEVER } from "@/lib/domain/selection/turn";
import { createWishes, type WishBook } from "@/lib/domain/selection/wishes";

import { readWeights } from "./budget-settings";
import {
  allCandidateIds,
  candidateIdsIn,
  withListed,
  type IdSource,
} from "@/lib/services/planning/candidate-ids";
import { chooseNetworks } from "@/lib/services/planning/choose-networks";
import type { FindKeptOut } from "@/lib/services/planning/judge-beside";
import { findRefused } from "@/lib/services/planning/kept-out";
import { readBackground } from "@/lib/services/planning/plan-background";
import { openMemory, type Memory, type PartRead } from "@/lib/services/planning/plan-memory";
import { createParts, emptyPart, type Part } from "@/lib/services/planning/plan-parts";
import { createStager } from "@/lib/services/planning/plan-stage";
import type { PlanningConnector } from "@/lib/services/planning/planning-connector";
import { numberScopes, type Scopes } from "@/lib/services/planning/record-numbers";
import { openCandidates, type CandidateReader } from "@/lib/services/planning/read-candidates";
import { rankCandidates, type Outlook, type Ranked, type Standing } from "./rank-candidates";
import { digestWishes, recallWishes } from "./wish-memory";
import { createWeakerHashes, type WeakerHashes } from "@/lib/services/planning/weaker-hashes";

/** What a connector wants at a destination with a limit, before it is said what of that has a place. */
export type Wanted = {
  reader: CandidateReader;
  book: WishBook;
  /** What tells its records of one indicator apart. */
  scopes: Scopes;
  /** What stands of a wish, by its place in the book. */
  standing: ReadonlyMap<number, Standing>;
  weaker: WeakerHashes;
  /** Networks that go out as their addresses, and the places in the book of what they name; null where none does. */
  networks: { count: number; wishes: ReadonlySet<number> } | null;
  /** All that is not wanted, which is staged. */
  parts: ReadonlyMap<number, Part>;
  /** Ranks some more into the book. */
  rank: (nextIds: IdSource, findKeptOut: FindKeptOut) => AsyncGenerator<Ranked>;
  /** Forgets what came into the book since all were ranked, and tells how many that were. */
  restart: () => number;
  /** Of the first so many wishes, those of these parts, nothing changed since they were written down. */
  recalled: { count: number; parts: readonly number[] };
  memory: { of: Memory; json: string };
};

/**
 * Ranks all of a connector's candidates but those of which nothing changed since the newest plan, whose wishes are known; of the others,
 * stages those that it does not want.
 */
export const rankWanted = async (
  client: PoolClient,
  connector: PlanningConnector,
  { now, isAfresh }: { now: Date; isAfresh: boolean },
): Promise<Wanted> => {
  const background = await readBackground(client, connector, now);
  const { feedIds } = background;
  const opened = await openMemory(client, connector, { background, now, isAfresh });
  const [book, standing, weaker] = [createWishes(), new Map<number, Standing>(), createWeakerHashes()];
  const networks = await chooseNetworks(client, {
    connector,
    weights: await readWeights(client, connector.destinationId),
    now,
  });
  const fromNetworks = new Set<number>();
  const scopes = numberScopes(recordScope(connector.policy.deviceGroups));
  const recalling = { memory: opened, feedIds, book, scopes, standing };
  const { memory, count: recalled } = await recallWishes(client, connector, recalling);
  const reader = await openCandidates(client, connector, { keepsFew: true });
  const outlook: Outlook = { turns: new Map(), dependent: new Set() };
  const ranking = {
    reader,
    connector,
    now,
    book,
    scopes,
    standing,
    outlook,
    fromNetworks,
    unfitting: networks?.unfitting,
  };
  const rank: Wanted["rank"] = (nextIds, findKeptOut) =>
    rankCandidates(client, nextIds, { ...ranking, findKeptOut });
  const own =
    memory.known.size === 0
      ? allCandidateIds(client, connector)
      : candidateIdsIn(client, connector, memory.unknown);
  const nextIds = networks === null ? own : withListed(own, networks.addressIds);
  const parts = createParts();
  const stager = createStager(client);
  for await (const ranked of rank(nextIds, findRefused(client, connector))) {
    parts.count(ranked.unwanted);
    weaker.add(ranked.weaker);
    await stager.add([...ranked.unwanted, ...ranked.weaker.map(({ judged }) => judged)]);
  }
  await stager.end();
  const count = book.wishes().length;
  const restart = (): number => {
    book.keepFirst(count);
    for (const place of standing.keys()) if (place >= count) standing.delete(place);
    return count;
  };
  const taken = networks && { count: networks.count, wishes: fromNetworks };
  const staged = parts.finish();
  const wishes = digestWishes(book.wishes(), { from: recalled, feedIds, scopes });
  const json = memory.toJson(foreseen(staged, { outlook, wishes }));
  return {
    ...{ reader, book, scopes, standing, weaker, networks: taken, rank, restart },
    parts: new Map([...memory.known, ...staged]),
    recalled: { count: recalled, parts: [...memory.known.keys()] },
    memory: { of: memory, json },
  };
};

/** What is to be remembered of the parts that were read. */
const foreseen = (
  staged: ReadonlyMap<number, Part>,
  { outlook, wishes }: { outlook: Outlook; wishes: ReadonlyMap<number, string> },
): ReadonlyMap<number, PartRead> =>
  new Map(
    [...new Set([...staged.keys(), ...outlook.turns.keys(), ...outlook.dependent, ...wishes.keys()])].map(
      (number) => [
        number,
        {
          ...(staged.get(number) ?? emptyPart()),
          turnsAt: outlook.turns.get(number) ?? NEVER,
          wishes: wishes.get(number) ?? null,
          restsOnOthers: outlook.dependent.has(number),
        },
      ],
    ),
  );
