import "server-only";

import type { PoolClient } from "pg";

import { recordScope } from "@/lib/domain/selection/policy";
import { createWishes, type WishBook } from "@/lib/domain/selection/wishes";

import { readWeights } from "./budget-settings";
import { allCandidateIds, withListed, type IdSource } from "@/lib/services/planning/candidate-ids";
import { chooseNetworks } from "@/lib/services/planning/choose-networks";
import type { FindKeptOut } from "@/lib/services/planning/judge-beside";
import { findRefused } from "@/lib/services/planning/kept-out";
import { createParts, type Part } from "@/lib/services/planning/plan-parts";
import { createStager } from "@/lib/services/planning/plan-stage";
import type { PlanningConnector } from "@/lib/services/planning/planning-connector";
import { numberScopes, type Scopes } from "@/lib/services/planning/record-numbers";
import { openCandidates, type CandidateReader } from "@/lib/services/planning/read-candidates";
import { rankCandidates, type Ranked, type Standing } from "./rank-candidates";
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
};

/** Ranks all of a connector's candidates, and stages those that it does not want. */
export const rankWanted = async (
  client: PoolClient,
  connector: PlanningConnector,
  now: Date,
): Promise<Wanted> => {
  const [book, standing, weaker] = [createWishes(), new Map<number, Standing>(), createWeakerHashes()];
  const networks = await chooseNetworks(client, {
    connector,
    weights: await readWeights(client, connector.destinationId),
    now,
  });
  const fromNetworks = new Set<number>();
  const scopes = numberScopes(recordScope(connector.policy.deviceGroups));
  const reader = await openCandidates(client, connector, { keepsFew: true });
  const ranking = {
    reader,
    connector,
    now,
    book,
    scopes,
    standing,
    fromNetworks,
    unfitting: networks?.unfitting,
  };
  const rank: Wanted["rank"] = (nextIds, findKeptOut) =>
    rankCandidates(client, nextIds, { ...ranking, findKeptOut });
  const own = allCandidateIds(client, connector);
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
  return { reader, book, scopes, standing, weaker, networks: taken, parts: parts.finish(), rank, restart };
};
