import "server-only";

import type { PoolClient } from "pg";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { openCopy } from "@/lib/db/copy";
import { compareStage, createStage, mergeDuplicates, STAGE_COLUMNS } from "@/lib/db/queries/generation";
import { lockTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { KEEP_ALL } from "@/lib/domain/feed/removal";
import { endOf } from "@/lib/domain/indicator/default-end";
import type { AddedIndicator, AddOutcome, LocalIndicator } from "@/lib/domain/indicator/local";
import { indicatorTypeCode, tlpCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { describeMark, type Mark } from "@/lib/domain/screening/mark";
import { openScreenerOf, type Screener } from "@/lib/services/allowlists/open-screener";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { openLocalFeed, type LocalFeed } from "./local-feed";
import { readLocalItem } from "./read-local-item";
import { writeEntries } from "./write-entries";

type Good = {
  id: string;
  type: IndicatorType;
  value: string;
  input: LocalIndicator;
  screening: Mark | null;
  port?: number | undefined;
};
type Read = { line: number; text: string } & ({ good: Good } | { reason: string });

/**
 * Adds values to the team's own list, each judged by itself: one bad item does not stop the others. A value that a
 * person withdrew and now adds again is lifted from its tombstone. Answers one outcome per item, in order.
 */
export const addLocalIndicators = async (
  actor: Actor,
  team: TeamAccess,
  items: readonly unknown[],
): Promise<AddedIndicator[]> => {
  const now = new Date();
  const screener = await openScreenerOf(team.id);
  const read = items.map((item, index): Read => {
    const { text, ...found } = readLocalItem(item, now);
    const line = index + 1;
    return "good" in found ? { line, text, good: screened(found.good, screener) } : { line, text, ...found };
  });
  const good = read.flatMap((item) => ("good" in item ? [item] : []));
  if (good.length === 0) return read.map((item) => toAnswer(item, new Map(), new Set()));
  const verdicts = await bulkAsTeam(team.id, (client) =>
    write(client, { actor, team, read, good, screenedBy: screener.version }),
  );
  await relayOutbox();
  const seen = new Set<string>();
  return read.map((item) => toAnswer(item, verdicts, seen));
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

type WriteOptions = {
  actor: Actor;
  team: TeamAccess;
  read: readonly Read[];
  good: readonly { line: number; good: Good }[];
  /** See `refreshTeam`. */
  screenedBy: number;
};

const write = async (client: PoolClient, { actor, team, read, good, screenedBy }: WriteOptions) => {
  await lockTeam(client, team.id);
  const now = new Date();
  const feed = await openLocalFeed(client, team.id);
  await createStage(client);
  const copy = openCopy(client, "stage", STAGE_COLUMNS);
  for (const item of good) await copy.write(toStage(item.line, item.good, { feed, actor, now }));
  await copy.end();
  const merged = await mergeDuplicates(client);
  const duplicate = merged.reduce((sum, { count }) => sum + count, 0);
  await compareStage(client, { feedId: feed.id, rule: KEEP_ALL, now });
  const { rows } = await client.query<{ key: string; verdict: AddOutcome }>(
    "SELECT key, verdict FROM resolved",
  );
  await liftTombstones(client, team.id, actor, now);
  const rejected = read.length - good.length;
  const { diff, runId } = await writeEntries(client, {
    ...{ teamId: team.id, feed, now, requestedBy: actor.userId, screenedBy },
    counts: { lines: read.length, values: read.length, duplicate, rejected },
  });
  const subject = { type: "run", id: runId };
  const detail = {
    added: diff.added,
    changed: diff.changed,
    rejected,
    values: good.slice(0, 20).map((item) => item.good.value),
  };
  await recordAuditSql(
    client,
    { teamId: team.id, doer: asDoer(actor), action: "indicator.add", subject, detail },
    now,
  );
  return new Map(rows.map(({ key, verdict }) => [key, verdict]));
};

const toStage = (
  line: number,
  { id, type, value, input, screening, port }: Good,
  { feed, actor, now }: { feed: LocalFeed; actor: Actor; now: Date },
) => [
  id,
  indicatorTypeCode(type),
  value,
  line,
  input.confidence ?? feed.confidence,
  input.tlp ? tlpCode(input.tlp) : feed.tlp,
  [...new Set([...feed.tags, ...input.tags])],
  input.comment,
  "",
  null,
  null,
  endOf(input.validUntil, type, { rule: feed.defaultEnd, now }),
  JSON.stringify({
    addedBy: actor.name,
    ...(input.action && { action: input.action }),
    ...(input.severity && { severity: input.severity }),
    ...(port !== undefined && { port }),
  }),
  screening?.effect === "stop" ? screening.list : null,
];

// The stage holds only what a person adds now: adding a value again is that person's word against the tombstone.
const liftTombstones = async (client: PoolClient, teamId: string, actor: Actor, now: Date): Promise<void> => {
  await client.query(
    `UPDATE tombstone x SET lifted_at = $2, lifted_by = $3 FROM resolved r
     WHERE x.team_id = $1 AND x.indicator_id = r.id AND x.lifted_at IS NULL`,
    [teamId, now, actor.userId],
  );
  // A value that stands unchanged in the list but was withdrawn becomes active again.
  await client.query(
    `UPDATE team_indicator seen SET active = true, changed_at = $2 FROM resolved r
     WHERE seen.team_id = $1 AND seen.indicator_id = r.id AND NOT seen.active AND r.verdict = 'unchanged'`,
    [teamId, now],
  );
};

const NOTHING = { id: null, type: null, caution: null };

const toAnswer = (
  item: Read,
  verdicts: ReadonlyMap<string, AddOutcome>,
  seen: Set<string>,
): AddedIndicator => {
  if (!("good" in item)) {
    return { ...NOTHING, value: item.text, outcome: "rejected", reason: item.reason };
  }
  const { id, type, value, screening } = item.good;
  if (seen.has(id)) {
    const reason = "The same value stands earlier in this list.";
    return { id, type, value, outcome: "duplicate", reason, caution: null };
  }
  seen.add(id);
  const caution = screening && describeMark(screening);
  if (screening?.effect === "stop")
    return { id, type, value, outcome: "allowlisted", reason: caution, caution };
  return { id, type, value, outcome: verdicts.get(id) ?? "unchanged", reason: null, caution };
};
