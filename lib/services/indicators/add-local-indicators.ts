import "server-only";

import type { PoolClient } from "pg";

import { indicatorId } from "@/lib/domain/indicator/identity";
import { lockTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { endOf } from "@/lib/domain/indicator/default-end";
import {
  keptIndicatorSchema,
  localIndicatorSchema,
  type AddedIndicator,
  type AddOutcome,
  type LocalIndicator,
} from "@/lib/domain/indicator/local";
import { mergeLines, type WholeLine } from "@/lib/domain/indicator/merge-lines";
import { needsSecondPerson } from "@/lib/domain/indicator/second-person";
import { tlpFromCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { describeMark } from "@/lib/domain/screening/mark";
import { openScreenerOf, type Screener } from "@/lib/services/allowlists/open-screener";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { propose } from "@/lib/services/proposals/propose";
import { readStandings, standsAlready } from "@/lib/services/proposals/standing";
import { readSecondPersonRule } from "@/lib/services/proposals/second-person-rule";

import { readLocalDefaults, type LocalDefaults } from "./local-feed";
import { readLocalItem } from "./read-local-item";
import { isGood, writeLocalItems, type Good, type Read, type WrittenRow } from "./write-local-items";

/**
 * Adds values to the team's own list, each judged by itself: one bad item does not stop the others. A value that a
 * person withdrew and now adds again is lifted from its tombstone. What the team wants a second person for is kept as one
 * proposal instead. `rows`, in the order of the items, is where each was read, and stays with what is added. Answers one outcome per
 * item, in order.
 */
export const addLocalIndicators = async (
  actor: Actor,
  team: TeamAccess,
  items: readonly unknown[],
  rows: readonly (WrittenRow | undefined)[] = [],
): Promise<AddedIndicator[]> => {
  const screener = await openScreenerOf(team.id);
  const read = readItems(items, screener).map((item, index) =>
    isGood(item) ? { ...item, good: { ...item.good, row: rows[index] } } : item,
  );
  if (!read.some(isGood))
    return read.map((item) => toAnswer(item, { verdicts: new Map(), proposal: null, seen: new Set() }));
  const written = await bulkAsTeam(team.id, (client) =>
    writeOrPropose(client, actor, { team, read, screener }),
  );
  await relayOutbox();
  const seen = new Set<string>();
  return read.map((item) => toAnswer(item, { ...written, seen }));
};

type Addition = { team: TeamAccess; read: readonly Read[]; screener: Screener };

const writeOrPropose = async (client: PoolClient, actor: Actor, { team, read, screener }: Addition) => {
  await lockTeam(client, team.id);
  const rule = await readSecondPersonRule(client, team.id);
  const good = read.filter(isGood).map((item) => item.good);
  const withdrawn = await findWithdrawn(
    client,
    team.id,
    good.map(({ id }) => id),
  );
  // Lifting a withdrawal lets what feeds say of the value block again, however harmless the wish beside it.
  const waits = ({ id, input }: Good) =>
    needsSecondPerson(input, rule) || (withdrawn.has(id) && needsSecondPerson({ action: null }, rule));
  // All lines of one value go the same way.
  const waiting = new Set(good.filter(waits).map(({ id }) => id));
  const proposed = good.filter(({ id }) => waiting.has(id));
  const proposal = proposed.length === 0 ? null : await proposeAddition(client, actor, { team, proposed });
  const rest = read.filter((item) => !(isGood(item) && waiting.has(item.good.id)));
  const author = { id: actor.userId, name: actor.name, doer: asDoer(actor) };
  const verdicts = rest.some(isGood)
    ? await writeLocalItems(client, {
        team,
        read: rest,
        screenedBy: screener.version,
        author,
        approvedBy: null,
      })
    : new Map<string, AddOutcome>();
  return { verdicts, proposal };
};

/** A proposal of what would change something; null where all of it stands so already. */
const proposeAddition = async (
  client: PoolClient,
  author: Actor,
  { team, proposed }: { team: TeamAccess; proposed: readonly Good[] },
): Promise<{ id: string; waiting: ReadonlySet<string> } | null> => {
  const now = new Date();
  const items = onePerValue(proposed, { defaults: await readLocalDefaults(client, team.id), now });
  const standings = await readStandings(
    client,
    team.id,
    items.map((item) => item.id),
  );
  const changing = items.filter(({ id, after }) => !standsAlready(standings.get(id)?.standing, after));
  if (changing.length === 0) return null;
  const id = await propose(client, {
    ...{ teamId: team.id, author, operation: "add", reason: "", now },
    items: changing,
  });
  return { id, waiting: new Set(changing.map((item) => item.id)) };
};

/** Which of these values somebody in the team withdrew, and nobody lifted it. */
const findWithdrawn = async (
  client: PoolClient,
  teamId: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ key: string }>(
    `SELECT i.key FROM tombstone x JOIN indicator i ON i.id = x.indicator_id
     WHERE x.team_id = $1 AND x.lifted_at IS NULL AND i.key = ANY ($2::uuid[])`,
    [teamId, keys],
  );
  return new Set(rows.map(({ key }) => key));
};

type Defaults = { defaults: LocalDefaults; now: Date };

// What a second person looks at is exactly what will stand there: all lines of a value as one.
const onePerValue = (proposed: readonly Good[], defaults: Defaults) => {
  const merged = new Map<string, Pick<Good, "id" | "type" | "value"> & { after: WholeLine }>();
  for (const { id, type, value, input } of proposed) {
    const after = withDefaults(input, type, defaults);
    const earlier = merged.get(id)?.after;
    merged.set(id, { id, type, value, after: earlier ? mergeLines(earlier, after) : after });
  }
  return [...merged.values()];
};

const withDefaults = (
  input: LocalIndicator,
  type: IndicatorType,
  { defaults, now }: Defaults,
): WholeLine => ({
  ...input,
  confidence: input.confidence ?? defaults.confidence,
  tlp: input.tlp ?? tlpFromCode(defaults.tlp),
  tags: [...new Set([...defaults.tags, ...input.tags])],
  validUntil: endOf(input.validUntil, type, { rule: defaults.defaultEnd, now })?.toISOString() ?? null,
});

/** Reads items that were kept for a decision, as `addLocalIndicators` reads those that are sent. */
export const readKeptItems = (items: readonly unknown[], screener: Screener): Read[] =>
  readItems(items, screener, keptIndicatorSchema);

/** Reads items by the team's lists, in order; none stops the others. */
const readItems = (
  items: readonly unknown[],
  screener: Screener,
  schema: typeof keptIndicatorSchema | typeof localIndicatorSchema = localIndicatorSchema,
): Read[] => {
  const now = new Date();
  return items.map((item, index): Read => {
    const { text, ...found } = readLocalItem(item, now, schema);
    const line = index + 1;
    return "good" in found ? { line, text, good: screened(found.good, screener) } : { line, text, ...found };
  });
};

const screened = (
  { type, value, input, port }: Omit<Good, "id" | "screening">,
  screener: Screener,
): Good => ({
  id: indicatorId(type, value),
  type,
  value,
  input,
  port,
  screening: screener.screen(type, value),
});

const NOTHING = { id: null, type: null, caution: null, proposalId: null };

type Written = {
  verdicts: ReadonlyMap<string, AddOutcome>;
  proposal: { id: string; waiting: ReadonlySet<string> } | null;
  seen: Set<string>;
};

const toAnswer = (item: Read, { verdicts, proposal, seen }: Written): AddedIndicator => {
  if (!isGood(item)) {
    return { ...NOTHING, value: item.text, outcome: "rejected", reason: item.reason };
  }
  const { id, type, value, screening } = item.good;
  const common = { id, type, value, proposalId: null };
  if (seen.has(id)) {
    const reason = "The same value stands earlier in this list.";
    return { ...common, outcome: "duplicate", reason, caution: null };
  }
  seen.add(id);
  const caution = screening && describeMark(screening);
  if (proposal?.waiting.has(id))
    return { ...common, outcome: "proposed", reason: WAITS, caution, proposalId: proposal.id };
  if (screening?.effect === "stop") return { ...common, outcome: "allowlisted", reason: caution, caution };
  return { ...common, outcome: verdicts.get(id) ?? "unchanged", reason: null, caution };
};

const WAITS = "Your team asks for a second person: it waits until another member approves it.";
