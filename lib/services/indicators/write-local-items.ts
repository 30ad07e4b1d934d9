import "server-only";

import type { PoolClient } from "pg";

import { openCopy } from "@/lib/db/copy";
import { compareStage, createStage, mergeDuplicates, STAGE_COLUMNS } from "@/lib/db/queries/generation";
import { lockTeam } from "@/lib/db/queries/team-view";
import type { Doer, TeamAccess } from "@/lib/domain/access/actor";
import { KEEP_ALL } from "@/lib/domain/feed/removal";
import { endOf } from "@/lib/domain/indicator/default-end";
import type { AddOutcome, LocalIndicator } from "@/lib/domain/indicator/local";
import { indicatorTypeCode, tlpCode, type IndicatorType } from "@/lib/domain/indicator/types";
import type { Mark } from "@/lib/domain/screening/mark";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceUrgentSql } from "@/lib/services/planning/announce-urgent";

import { openLocalFeed, type LocalFeed } from "./local-feed";
import { writeEntries } from "./write-entries";

/** How a value was written in a row of a file, or the line of a report that it was taken from. */
export type WrittenRow = { from: "file" | "report"; line: number; text: string };
/** Longer rows are kept up to here: every page that shows the value reads them. */
const MOST_ROW_CHARS = 500;

/** A value that can be added, and what lists say of it. */
export type Good = {
  id: string;
  type: IndicatorType;
  value: string;
  input: LocalIndicator;
  screening: Mark | null;
  port?: number | undefined;
  row?: WrittenRow | undefined;
};
/** One item as it was read: a value, or why it is none. */
export type Read = { line: number; text: string } & ({ good: Good } | { reason: string });

/** Who a change is from, and the second person who let it in, where the team asks for one. */
export type Authorship = { author: { id: string; name: string; doer: Doer }; approvedBy: string | null };

/** Whether an item is a value that can be added. */
export const isGood = (item: Read): item is Read & { good: Good } => "good" in item;

type WriteOptions = Authorship & {
  team: TeamAccess;
  read: readonly Read[];
  /** See `refreshTeam`. */
  screenedBy: number;
};

/** Makes what was read stand in the team's own list, in the caller's transaction; gives each value's outcome by its id. */
export const writeLocalItems = async (
  client: PoolClient,
  { team, read, screenedBy, author, approvedBy }: WriteOptions,
): Promise<ReadonlyMap<string, AddOutcome>> => {
  await lockTeam(client, team.id);
  const now = new Date();
  const good = read.filter(isGood);
  const list = await openLocalFeed(client, team.id);
  // What was approved has the tags that the list gave when it was proposed.
  const feed = approvedBy === null ? list : { ...list, tags: [] };
  await createStage(client);
  const copy = openCopy(client, "stage", STAGE_COLUMNS);
  const context = { addedBy: author.name, ...(approvedBy !== null && { approvedBy }) };
  for (const item of good) await copy.write(toStage(item.line, item.good, { feed, context, now }));
  await copy.end();
  const merged = await mergeDuplicates(client);
  const duplicate = merged.reduce((sum, { count }) => sum + count, 0);
  await compareStage(client, { feedId: feed.id, rule: KEEP_ALL, now });
  const { rows } = await client.query<{ id: string; key: string; verdict: AddOutcome }>(
    "SELECT id, key, verdict FROM resolved",
  );
  await liftTombstones(client, team.id, author.id, now);
  const rejected = read.length - good.length;
  const { diff, runId } = await writeEntries(client, {
    ...{ teamId: team.id, feed, now, requestedBy: author.id, screenedBy, isSighting: true },
    counts: { lines: read.length, values: read.length, duplicate, rejected },
  });
  await announceUrgentSql(
    client,
    team.id,
    rows.map(({ id }) => id),
  );
  const subject = { type: "run", id: runId };
  const detail = {
    added: diff.added,
    changed: diff.changed,
    rejected,
    values: good.slice(0, 20).map((item) => item.good.value),
    ...(approvedBy !== null && { approvedBy }),
  };
  await recordAuditSql(
    client,
    { teamId: team.id, doer: author.doer, action: "indicator.add", subject, detail },
    now,
  );
  return new Map(rows.map(({ key, verdict }) => [key, verdict]));
};

const toStage = (
  line: number,
  { id, type, value, input, screening, port, row }: Good,
  { feed, context, now }: { feed: LocalFeed; context: Readonly<Record<string, string>>; now: Date },
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
    ...context,
    ...(input.action && { action: input.action }),
    ...(input.severity && { severity: input.severity }),
    ...(port !== undefined && { port }),
    ...(row !== undefined && { row: { ...row, text: row.text.slice(0, MOST_ROW_CHARS) } }),
  }),
  screening?.effect === "stop" ? screening.list : null,
];

// The stage holds only what a person adds now: adding a value again is that person's word against the tombstone.
const liftTombstones = async (client: PoolClient, teamId: string, by: string, now: Date): Promise<void> => {
  await client.query(
    `UPDATE tombstone x SET lifted_at = $2, lifted_by = $3 FROM resolved r
     WHERE x.team_id = $1 AND x.indicator_id = r.id AND x.lifted_at IS NULL`,
    [teamId, now, by],
  );
  // A value that stands unchanged in the list but was withdrawn becomes active again.
  await client.query(
    `UPDATE team_indicator seen SET active = true, changed_at = $2 FROM resolved r
     WHERE seen.team_id = $1 AND seen.indicator_id = r.id AND NOT seen.active AND r.verdict = 'unchanged'`,
    [teamId, now],
  );
};
