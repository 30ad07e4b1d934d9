import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { namesOnly } from "@/lib/domain/access/person";

export const TRACE_EVENT_KINDS = [
  ...(["seen", "changed", "absent", "ended", "withdrawn", "restored", "lifted", "recalled"] as const),
  ...(["planned", "blocked", "sent", "accepted", "visible", "removed", "unconfirmed"] as const),
  ...(["gone", "failed", "skipped"] as const),
] as const;
type TraceEventKind = (typeof TRACE_EVENT_KINDS)[number];

export type TraceEvent = {
  at: Date;
  team: string | null;
  kind: TraceEventKind;
  /** What happened, in a sentence. */
  what: string;
};
/** The place behind an event, in the order of the timeline. */
export type TimelinePlace = { at: string; key: string };
export type TimelinePage = { events: TraceEvent[]; next: TimelinePlace | null };

type Subject = { id: bigint; key: string; teamIds: readonly string[] };
type Options = { limit: number; after: TimelinePlace | null };

/** Plans are made by the hour; so many of each connector are looked through for the value. */
const PLANS = 200;

/**
 * All that happened to one value in the given teams, newest first: what feeds brought and ended, what people did, what was
 * planned, sent and answered. Each kind of event is found by the value's own keys.
 */
export const readTimeline = async (
  tx: Tx,
  subject: Subject,
  { limit, after }: Options,
): Promise<TimelinePage> => {
  const behind =
    after === null
      ? Prisma.empty
      : Prisma.sql`AND (events.at, events.key) < (${after.at}::timestamptz, ${after.key})`;
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT events.at, to_char(events.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS place, events.key, events.kind, events.detail, team.slug AS team
    FROM (${Prisma.join(
      SOURCES.map((source) => source(subject)),
      " UNION ALL ",
    )}) AS events (at, key, kind, team_id, detail)
    LEFT JOIN team ON team.id = events.team_id
    WHERE events.at IS NOT NULL ${behind}
    ORDER BY events.at DESC, events.key DESC LIMIT ${limit + 1}`;
  const events = rows.map((row) => eventSchema.parse(row));
  const page = events.slice(0, limit);
  const last = events.length > limit ? page.at(-1) : undefined;
  return {
    events: page.map(({ at, team, kind, detail }) => ({ at, team, kind, what: WORDS[kind](detail) })),
    next: last ? { at: last.place, key: last.key } : null,
  };
};

const scoped = (column: Prisma.Sql, { teamIds }: Subject): Prisma.Sql =>
  Prisma.sql`${column} = ANY (${[...teamIds]}::uuid[])`;

// An interval that opens where another of the same feed ended is a change of what the feed says. In the team's own list who changed it
// is who asked for the run: the entry itself goes on naming who added it. Who has left the team is not seen here any more. It outlasts
// its runs: once one of them is forgotten, what the interval itself knows of the time is told, without the run.
const opened = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT CASE WHEN r.id IS NULL THEN a.first_seen ELSE r.finished_at END, 'a' || a.id,
    CASE WHEN a.absent_from_run = a.from_generation THEN 'absent'
      WHEN EXISTS (SELECT FROM attribution b WHERE b.indicator_id = a.indicator_id AND b.feed_id = a.feed_id
        AND b.until_generation = a.from_generation) THEN 'changed' ELSE 'seen' END,
    a.team_id, jsonb_build_object('feed', f.name, 'number', r.number, 'line', a.line,
      'by', CASE WHEN f.kind = 'local' THEN
        coalesce((SELECT u.name FROM app_user u WHERE u.id = r.requested_by), a.context ->> 'addedBy') END,
      'isLocal', f.kind = 'local', 'isLeft', coalesce(a.until_generation = a.from_generation, false))
  FROM attribution a JOIN feed f ON f.id = a.feed_id
    LEFT JOIN feed_run r ON r.feed_id = a.feed_id AND r.number = a.from_generation
  WHERE a.indicator_id = ${of.id} AND ${scoped(Prisma.sql`a.team_id`, of)}`;

const ended = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT CASE WHEN r.id IS NULL THEN a.last_seen ELSE r.finished_at END, 'b' || a.id, 'ended', a.team_id,
    jsonb_build_object('feed', f.name, 'number', r.number, 'isLocal', f.kind = 'local')
  FROM attribution a JOIN feed f ON f.id = a.feed_id
    LEFT JOIN feed_run r ON r.feed_id = a.feed_id AND r.number = a.until_generation
  WHERE a.indicator_id = ${of.id} AND ${scoped(Prisma.sql`a.team_id`, of)} AND a.until_generation > a.from_generation
    AND NOT EXISTS (SELECT FROM attribution b WHERE b.indicator_id = a.indicator_id AND b.feed_id = a.feed_id
      AND b.from_generation = a.until_generation)`;

const withdrawn = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT e.at, 'c' || e.id, 'withdrawn', e.team_id, jsonb_build_object('by', e.actor_name, 'reason', e.detail ->> 'reason')
  FROM audit_entry e
  WHERE e.subject_id = ${of.key} AND e.action = 'indicator.withdraw' AND ${scoped(Prisma.sql`e.team_id`, of)}`;

// A change of many at once that gave the team's own entry other words is told by the interval that it opened.
const withOthers = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT b.created_at, 'n' || b.id, CASE b.action WHEN 'undo' THEN 'restored' ELSE 'withdrawn' END, x.team_id,
    jsonb_build_object('by', b.created_by_name || ', with others at once', 'reason', b.change ->> 'reason')
  FROM bulk_change_item x JOIN bulk_change b ON b.id = x.change_id
  WHERE x.indicator_id = ${of.id} AND ${scoped(Prisma.sql`x.team_id`, of)} AND b.action IN ('withdraw', 'undo')
    AND x.outcome IN ('changed', 'outweighed', 'restored')`;

const lifted = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT x.lifted_at, 'd' || x.id, 'lifted', x.team_id, jsonb_build_object('isRecall', false)
  FROM tombstone x WHERE x.indicator_id = ${of.id} AND ${scoped(Prisma.sql`x.team_id`, of)}`;

const recalled = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT x.created_at, 'e' || x.id, 'recalled', m.team_id, jsonb_build_object('by', x.created_by_name, 'reason', x.reason)
  FROM recall_item m JOIN recall x ON x.id = m.recall_id
  WHERE m.indicator_id = ${of.id} AND ${scoped(Prisma.sql`m.team_id`, of)}
  UNION ALL
  SELECT x.lifted_at, 'f' || x.id, 'lifted', m.team_id, jsonb_build_object('isRecall', true, 'by', x.lifted_by_name)
  FROM recall_item m JOIN recall x ON x.id = m.recall_id
  WHERE m.indicator_id = ${of.id} AND ${scoped(Prisma.sql`m.team_id`, of)}`;

// What a plan says again and again is said once: when it begins to, and when it says something else. Of what is to be sent that is what
// was applied, and what waits now: a plan that went stale, or that nobody applied before the next, did nothing. Why something stays out
// moves with every rank and day.
const planned = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT said.created_at, 'g' || said.id, CASE said.operation WHEN 'blocked' THEN 'blocked' ELSE 'planned' END, said.team_id,
    jsonb_build_object('connector', said.name, 'operation', said.operation, 'reason', said.reason)
  FROM (
    SELECT p.id, p.created_at, c.team_id, c.name, i.operation, i.reason, w.now,
      lag(w.now) OVER (PARTITION BY c.id ORDER BY p.created_at) AS before
    FROM connector c
    CROSS JOIN LATERAL (
      SELECT id, created_at, state, partial OR row_number() OVER (PARTITION BY partial ORDER BY created_at DESC) = 1 AS is_open
      FROM (
        SELECT id, created_at, state, partial FROM plan WHERE plan.connector_id = c.id ORDER BY created_at DESC LIMIT ${PLANS}
      ) newest
    ) p
    JOIN plan_item i ON i.plan_id = p.id AND i.indicator_id = ${of.id}
    CROSS JOIN LATERAL (
      SELECT concat_ws(' ', i.operation, i.code, CASE WHEN i.operation <> 'blocked' THEN i.reason END) AS now) w
    WHERE ${scoped(Prisma.sql`c.team_id`, of)}
      AND (p.state = 'applied' OR (p.state = 'draft' AND (i.operation = 'blocked' OR p.is_open)))
  ) said WHERE said.before IS DISTINCT FROM said.now`;

const pushed = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT happened.at, happened.key, happened.kind, i.team_id,
    jsonb_build_object('connector', c.name, 'operation', i.operation, 'reason', i.reason, 'isSent', i.sent_at IS NOT NULL)
  FROM push_item i JOIN push ON push.id = i.push_id JOIN connector c ON c.id = push.connector_id
  CROSS JOIN LATERAL (VALUES
    (i.sent_at, 'h' || i.push_id, 'sent'),
    (CASE WHEN i.state IN ('accepted', 'removed', 'failed', 'skipped') THEN i.finished_at END, 'i' || i.push_id, i.state::text)
  ) AS happened (at, key, kind)
  WHERE i.indicator_id = ${of.id} AND ${scoped(Prisma.sql`i.team_id`, of)}`;

// A push is forgotten before its receipt is. A removal that was accepted is not yet one that was seen: where a receipt was gone in the
// very moment of the answer nobody looked, and unless it says why that is all there is to tell. What a receipt says later is of something else.
const answered = (of: Subject): Prisma.Sql => Prisma.sql`
  SELECT happened.at, happened.key, happened.kind, r.team_id,
    jsonb_build_object('connector', c.name, 'isSent', true, 'isSeen', removal.is_seen,
      'reason', CASE WHEN r.state IN ('withdrawing', 'failed', 'gone') THEN r.reason END)
  FROM receipt r JOIN connector c ON c.id = r.connector_id
  CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS is_known, bool_or(i.state = 'removed') AS is_removed
    FROM push_item i WHERE i.push_id = r.push_id AND i.indicator_id = r.indicator_id
  ) known
  CROSS JOIN LATERAL (
    SELECT (r.state <> 'gone' OR r.reason IS NULL) AND bool_and(i.finished_at < r.gone_at) AS is_seen
    FROM push_item i JOIN push u ON u.id = i.push_id AND u.connector_id = r.connector_id
    WHERE i.indicator_id = r.indicator_id AND i.state = 'removed' AND i.finished_at <= r.gone_at
  ) removal
  CROSS JOIN LATERAL (VALUES
    (CASE WHEN NOT known.is_known THEN r.sent_at END, 'j' || r.connector_id, 'sent'),
    (CASE WHEN NOT known.is_known THEN r.accepted_at END, 'k' || r.connector_id, 'accepted'),
    (r.visible_at, 'l' || r.connector_id, 'visible'),
    (CASE WHEN NOT known.is_known THEN r.removed_at END, 'o' || r.connector_id, 'removed'),
    (CASE WHEN r.still_shown AND (r.state = 'withdrawing' OR (r.state = 'failed' AND known.is_removed IS NOT FALSE))
      THEN r.changed_at END, 'p' || r.connector_id, 'unconfirmed'),
    (CASE WHEN (r.state = 'gone' AND r.reason IS NOT NULL) OR removal.is_seen IS NOT FALSE THEN r.gone_at END, 'm' || r.connector_id, 'gone')
  ) AS happened (at, key, kind)
  WHERE r.indicator_id = ${of.id} AND ${scoped(Prisma.sql`r.team_id`, of)}`;

const SOURCES = [opened, ended, withdrawn, withOthers, lifted, recalled, planned, pushed, answered] as const;

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? "");
const detailSchema = z.object({
  ...{ feed: text, by: text.transform(namesOnly), reason: text, connector: text, operation: text },
  number: z.number().nullable().default(null),
  line: z.number().default(0),
  ...{
    isLocal: z.boolean().default(false),
    isLeft: z.boolean().default(false),
    isRecall: z.boolean().default(false),
    isSent: z.boolean().default(false),
  },
  isSeen: z.boolean().nullable().default(null),
});
type Detail = z.output<typeof detailSchema>;
const eventSchema = z.object({
  at: z.date(),
  place: z.string(),
  key: z.string(),
  kind: z.enum(TRACE_EVENT_KINDS),
  team: z.string().nullable(),
  detail: detailSchema,
});

const because = (reason: string): string => (reason === "" ? "." : `: ${withStop(reason)}`);
const withStop = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
const inRun = ({ number }: Detail): string => (number === null ? "" : ` in run ${String(number)}`);

const WORDS: Readonly<Record<TraceEventKind, (detail: Detail) => string>> = {
  seen: (d) => {
    if (d.isLocal && d.by !== "") return `${d.by} added it to ${d.feed}.`;
    const brought = `${d.feed} brought it${inRun(d)}, line ${String(d.line)}`;
    return d.isLeft ? `${brought}; that run was left by rollback.` : `${brought}.`;
  },
  changed: (d) =>
    d.isLocal && d.by !== ""
      ? `${d.by} edited it in ${d.feed}.`
      : `${d.feed} said something else of it${inRun(d)}, line ${String(d.line)}.`,
  absent: (d) => `${d.feed} did not hold it any more${inRun(d)}; its policy kept it.`,
  ended: (d) =>
    d.isLocal
      ? `It was taken out of ${d.feed}.`
      : `${d.feed} no longer vouches for it${d.number === null ? "" : ` since run ${String(d.number)}`}.`,
  withdrawn: (d) => `Withdrawn by ${d.by}: ${d.reason === "" ? "no reason given" : d.reason}`,
  restored: (d) => `Put back as it was before by ${d.by}.`,
  lifted: (d) =>
    d.isRecall ? `The recall was lifted${d.by === "" ? "" : ` by ${d.by}`}.` : "The withdrawal was lifted.",
  recalled: (d) => `Recalled by ${d.by}${because(d.reason)}`,
  planned: (d) =>
    `Planned for ${d.connector}: ${OPERATIONS.get(d.operation) ?? d.operation}. ${d.reason}`.trim(),
  blocked: (d) => `The plan for ${d.connector} leaves it out${because(d.reason)}`,
  sent: (d) => `Sent to ${d.connector}${d.operation === "remove" ? " to be removed" : ""}.`,
  accepted: (d) => `Accepted by ${d.connector}.`,
  visible: (d) => `Visible at ${d.connector}: it was read back.`,
  removed: (d) =>
    d.isSent
      ? `${d.connector} accepted its removal.`
      : `The team’s part in it at ${d.connector} ended; nothing had to be sent.`,
  unconfirmed: (d) => `Still shown by ${d.connector}${because(d.reason)}`,
  gone: (d) =>
    d.isSeen === true
      ? `Gone from ${d.connector}: it was looked for, and is not there any more.`
      : `Gone from ${d.connector}${because(d.reason)}`,
  failed: (d) =>
    `${d.operation === "remove" ? "Its removal failed" : "Failed"} at ${d.connector}${because(d.reason)}`,
  skipped: (d) => `Not sent to ${d.connector} after all${because(d.reason)}`,
};

const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ["add", "to be added"],
  ["change", "to be changed"],
  ["remove", "to be removed"],
]);
