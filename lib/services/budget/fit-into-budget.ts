import "server-only";

import type { PoolClient } from "pg";

import { stepAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { choose, cutOf, tellChoice, type Choice } from "@/lib/domain/selection/budget";
import type { PlanBudget } from "@/lib/domain/selection/cut";
import type { Wishes } from "@/lib/domain/selection/wishes";

import { createEntryStage, moveOthers, stageEntries, writeEntries } from "./budget-entries";
import { lockBudget, readPool, readVersion, type Pool } from "./budget-pool";
import { listedIds } from "@/lib/services/planning/candidate-ids";
import { countCut, writeCut } from "./cut-wishes";
import { findKeptOutBy } from "@/lib/services/planning/kept-out";
import { judgeCandidates, type Judged } from "@/lib/services/planning/judge-candidates";
import { createParts, type Part } from "@/lib/services/planning/plan-parts";
import { createStager } from "@/lib/services/planning/plan-stage";
import type { PlanningConnector } from "@/lib/services/planning/planning-connector";
import type { Wanted } from "./rank-wanted";
import { indicatorOf } from "@/lib/services/planning/record-numbers";

type Options = { connector: PlanningConnector; now: Date; isLocked: boolean };

/** What of a connector's wishes has a place and what not, staged, and how it is made to hold. */
export type Placed = {
  sections: readonly ReadonlyMap<number, Part>[];
  budget: PlanBudget;
  /** Writes what has no place as items of the plan. */
  writeItems: (planId: string) => Promise<void>;
  /** Keeps what came of it, so that it counts for others; false where somebody chose otherwise meanwhile. */
  settle: () => Promise<boolean>;
};

/**
 * Chooses among all wishes for a destination, this connector's and those that others' last plans left there. Nobody is kept from
 * choosing meanwhile unless `isLocked`: that takes long, so whether it still holds is asked when all is written.
 */
export const fitIntoBudget = async (
  client: PoolClient,
  wanted: Wanted,
  { connector, now, isLocked }: Options,
): Promise<Placed> => {
  if (isLocked) await lockBudget(client, connector.destinationId);
  await assertStillThere(client, connector);
  const parts = createParts();
  const stager = createStager(client);
  const stage = async (page: readonly Judged[]): Promise<void> => {
    parts.count(page);
    await stager.add(page);
  };
  const round = await choosePlaces(client, wanted, { connector, now, stage });
  const { pool, choice, wishes, own, isFree, isCut } = round;
  const told = own === wishes.length ? choice : tellChoice(choice, mayKnow(wishes, { pool, connector }));
  // Their words are staged since they were ranked.
  for (const page of wanted.weaker.pages(isFree)) parts.count(page);
  const findKeptOut = findKeptOutBy(client, connector, (id) => isCut(Number(id)));
  const judging = { connector, isWithdrawal: false, reader: wanted.reader, now, findKeptOut };
  for await (const page of judgeCandidates(client, listedIds(chosenIds(round)), judging)) await stage(page);
  await stager.end();
  const laid = { wishes, own, told, standing: wanted.standing, scopes: wanted.scopes };
  const { count: known, parts: knownParts } = wanted.recalled;
  await createEntryStage(client);
  await stageEntries(client, laid, { from: known, to: own });
  const settle = async (): Promise<boolean> => {
    if (!isLocked && !(await takeWhileEqual(client, connector, pool))) return false;
    await assertStillThere(client, connector);
    await writeEntries(client, connector, {
      wishes,
      parts: knownParts,
      chosenIds: chosenAmong(round, known),
    });
    await stepAsSystem(client, "delivery", () => moveOthers(client, pool, { wishes, own, choice }));
    return true;
  };
  return {
    sections: [parts.finish(), countCut(laid)],
    budget: toBudget(round, told, wanted),
    writeItems: async (planId) => {
      // They are no news to the entries.
      await stageEntries(client, laid, { from: 0, to: known, isMeant: (wish) => told.codes[wish] !== 0 });
      await writeCut(client, { planId, teamId: connector.teamId }, laid);
    },
    settle,
  };
};

/** Keeps others from choosing, and tells whether what was chosen still holds. */
const takeWhileEqual = async (
  client: PoolClient,
  connector: PlanningConnector,
  { version }: Pool,
): Promise<boolean> => {
  await lockBudget(client, connector.destinationId);
  return (await stepAsSystem(client, "delivery", () => readVersion(client, connector))) === version;
};

type Round = {
  pool: Pool;
  choice: Choice;
  wishes: Wishes;
  /** So many of the wishes are the connector's own: the first ones. */
  own: number;
  /** Weaker hashes that came in, since the stronger ones have no place. */
  isFree: ReadonlySet<number>;
  isCut: (id: number) => boolean;
};
type Stage = (page: readonly Judged[]) => Promise<void>;

/** One round more for weaker hashes of files whose stronger ones have no place: they compete for themselves. */
const choosePlaces = async (
  client: PoolClient,
  wanted: Wanted,
  { connector, now, stage }: { connector: PlanningConnector; now: Date; stage: Stage },
): Promise<Round> => {
  const { book, scopes, weaker } = wanted;
  const isFree = new Set<number>();
  for (let own = wanted.restart(); ; own = book.wishes().length) {
    const pool = await stepAsSystem(client, "delivery", () =>
      readPool(client, connector, { book, scopes, now }),
    );
    const wishes = book.wishes();
    const choice = choose(wishes, { ...pool, ...pool.settings }, pool);
    const isCut = findCut(wishes, choice, weaker.isEmpty() ? 0 : own);
    const more = weaker.findFree(isCut).filter((id) => !isFree.has(id));
    if (more.length === 0) return { pool, choice, wishes, own, isFree, isCut };
    for (const id of more) isFree.add(id);
    book.keepFirst(own);
    await client.query("DELETE FROM plan_stage WHERE indicator_id = ANY ($1::bigint[])", [more]);
    const findKeptOut = findKeptOutBy(client, connector, (id) => isCut(Number(id)));
    for await (const ranked of wanted.rank(listedIds(more.map(String)), findKeptOut))
      await stage([...ranked.unwanted, ...ranked.weaker.map(({ judged }) => judged)]);
  }
};

const findCut = ({ records }: Wishes, { codes }: Choice, own: number): ((id: number) => boolean) => {
  const cut = new Set<number>();
  for (let wish = 0; wish < own; wish += 1) if (codes[wish] !== 0) cut.add(indicatorOf(records[wish] ?? 0));
  return (id) => cut.has(id);
};

/** Its own wishes, and what others have there, where the team's application sees that. */
const mayKnow = (
  { teams, teamIds, records }: Wishes,
  { pool: { isVisible, standing }, connector }: { pool: Pool; connector: PlanningConnector },
): ((wish: number) => boolean) => {
  const team = teamIds.indexOf(connector.teamId);
  return (wish) => teams[wish] === team || (isVisible && standing.has(records[wish] ?? 0));
};

const chosenIds = (round: Round): string[] =>
  chosenAmong(round, round.own)
    .sort((one, other) => one - other)
    .map(String);

/** Which of the first so many wishes have a place. */
const chosenAmong = ({ wishes: { records }, choice: { codes } }: Round, first: number): number[] => {
  const ids: number[] = [];
  for (let wish = 0; wish < first; wish += 1)
    if (codes[wish] === 0) ids.push(indicatorOf(records[wish] ?? 0));
  return ids;
};

/** One that was deleted or led elsewhere while its candidates were judged wants nothing there. */
const assertStillThere = async (
  client: PoolClient,
  { id, teamId, destinationId }: PlanningConnector,
): Promise<void> => {
  const { rowCount } = await client.query(
    "SELECT FROM connector WHERE id = $1 AND team_id = $2 AND destination_id = $3 AND deleted_at IS NULL",
    [id, teamId, destinationId],
  );
  if (!rowCount) throw new AppError("not_found", "The connector was deleted or moved while it was planned.");
};

const toBudget = ({ choice: { codes }, own }: Round, told: Choice, { networks }: Wanted): PlanBudget => {
  let chosen = 0;
  let addresses = 0;
  let isCut = false;
  for (let wish = 0; wish < own; wish += 1) {
    if (codes[wish] === 0) chosen += 1;
    if (codes[wish] === 0 && networks?.wishes.has(wish) === true) addresses += 1;
    isCut ||= cutOf(told, wish)?.code === "over-budget";
  }
  const budget = { wanted: own, chosen, cut: isCut ? told.chosen : null, ranked: told.wanted };
  return networks ? { ...budget, fromNetworks: { networks: networks.count, addresses } } : budget;
};
