import "server-only";

import type { PoolClient } from "pg";

import type { PrevalenceAnswer } from "@/lib/connectors/contract";
import { readClock } from "@/lib/db/clock";
import { bulkAsSystem } from "@/lib/db/scope";
import {
  PREVALENCE_HOURS,
  STATISTICS_PERMISSIONS,
  subjectOf,
  type Subject,
  type SubjectKind,
} from "@/lib/domain/delivery/prevalence";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { announcePlansSql } from "./announce-plans";
import { createReaders, type Application } from "@/lib/services/delivery/applications";
import { settleSlot, toTrouble } from "@/lib/services/delivery/send-batch";

type Options = { signal: AbortSignal; open?: OpenDestination; now?: Date };

export type Asking = { known: number; untold: number; left: number; missing: readonly string[] };

/** What was told is kept after so many answers, so that a worker that dies loses little of the hour's rate. */
const KEPT_EVERY = 25;
/** A longer wait for the rate is not sat out: what is left is asked for later. */
const LONGEST_WAIT_MS = 30_000;
const AT_ONCE = 1_500;

/**
 * Asks Defender, the newest first, how widely is seen what plans of a connector wanted to know, at the rate of that alone and by
 * the connector's own application. What it may not be asked for is found out once. Where a gate judges by it otherwise than before, there
 * is something to plan. Reads only. Safe to call at any time, twice, or for any connector.
 */
export const askPrevalence = async (
  connectorId: string,
  { signal, open, now: given }: Options,
): Promise<Asking> => {
  const begun = await bulkAsSystem("delivery", (client) => readDue(client, connectorId));
  if (begun === null || begun.due.length === 0) return { known: 0, untold: 0, left: 0, missing: [] };
  const told: Told[] = [];
  const missing = new Set(begun.missing);
  const counts = { known: 0, untold: 0 };
  let news = 0;
  const keep = async (): Promise<void> => {
    const rows = told.splice(0);
    if (rows.length === 0) return;
    const { maxPrevalence } = begun;
    news += await bulkAsSystem("delivery", (client) =>
      writeTold(client, { connectorId, maxPrevalence, told: rows }),
    );
  };
  let problem: string | null = null;
  try {
    const application = await createReaders(open, { longestWaitMs: LONGEST_WAIT_MS })(connectorId);
    const refused = new Set<SubjectKind>();
    for (const { subject, ids } of bySubject(begun.due)) {
      if (refused.has(subject.kind)) continue;
      const answer = await askOne(application, subject, signal);
      if (answer === null) break;
      if (answer.status === "not-permitted") {
        missing.add(answer.permission);
        refused.add(subject.kind);
        continue;
      }
      missing.delete(STATISTICS_PERMISSIONS[subject.kind]);
      const devices = answer.status === "known" ? answer.devices : null;
      const lastSeen = answer.status === "known" ? answer.lastSeen : null;
      told.push(...ids.map((id) => ({ id, devices, lastSeen })));
      counts[answer.status === "known" ? "known" : "untold"] += ids.length;
      if (told.length >= KEPT_EVERY) await keep();
    }
    await application.pacer.settle();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problem = error.message;
  } finally {
    await keep();
  }
  const outcome = { news, missing: [...missing].toSorted(), problem };
  await bulkAsSystem("delivery", async (client) => {
    const now = given ?? (await readClock(client));
    return conclude(client, { ...begun, connectorId, outcome, now });
  });
  await relayOutbox();
  const left = begun.due.length - counts.known - counts.untold;
  return { ...counts, left, missing: outcome.missing };
};

/** Null when the rate leaves no request for a while. */
const askOne = async (
  { destination, pacer }: Application,
  subject: Subject,
  signal: AbortSignal,
): Promise<PrevalenceAnswer | null> => {
  if (destination.prevalence === null) return null;
  try {
    return await destination.prevalence(subject, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const trouble = toTrouble(error);
    await settleSlot(pacer, trouble);
    if (trouble.waitMs === null) throw error;
    return null;
  }
};

type Due = { id: string; type: number; value: string };
type Begun = {
  teamId: string;
  /** More devices are not blocked without a person's word; null: nobody asks how many there are. */
  maxPrevalence: number | null;
  /** When it was last asked, and which permissions were missing then. */
  askedBefore: Date | null;
  missing: string[];
  due: Due[];
};

const readDue = async (client: PoolClient, connectorId: string): Promise<Begun | null> => {
  const { rows } = await client.query<Omit<Begun, "due">>(
    `SELECT team_id AS "teamId", (gate->>'maxPrevalence')::int AS "maxPrevalence",
       (statistics->>'at')::timestamptz AS "askedBefore",
       coalesce(statistics->'missing', '[]') AS missing
     FROM connector WHERE id = $1 AND kind = 'defender' AND enabled AND deleted_at IS NULL`,
    [connectorId],
  );
  const [connector] = rows;
  if (!connector) return null;
  const { rows: due } = await client.query<Due>(
    `SELECT p.indicator_id AS id, i.type, i.value FROM prevalence p JOIN indicator i ON i.id = p.indicator_id
     LEFT JOIN team_indicator t ON t.team_id = p.team_id AND t.indicator_id = p.indicator_id
     WHERE p.connector_id = $1 AND (p.asked_at IS NULL OR p.asked_at < p.wanted_at)
     ORDER BY t.added_at DESC NULLS LAST, p.indicator_id DESC LIMIT $2`,
    [connectorId, AT_ONCE],
  );
  return { ...connector, due };
};

/** URLs of one host are one question. */
const bySubject = (due: readonly Due[]): { subject: Subject; ids: string[] }[] => {
  const asked = new Map<string, { subject: Subject; ids: string[] }>();
  for (const { id, type, value } of due) {
    const subject = subjectOf(indicatorTypeFromCode(type), value);
    if (subject === null) continue;
    const name = `${subject.kind} ${subject.name}`;
    const known = asked.get(name);
    if (known) known.ids.push(id);
    else asked.set(name, { subject, ids: [id] });
  }
  return [...asked.values()];
};

type Told = { id: string; devices: number | null; lastSeen: Date | null };

type Writing = { connectorId: string; maxPrevalence: number | null; told: readonly Told[] };

/** Keeps what was told; gives of how much a gate judges otherwise now. */
const writeTold = async (
  client: PoolClient,
  { connectorId, maxPrevalence, told }: Writing,
): Promise<number> => {
  const { rows } = await client.query<{ isNews: boolean }>(
    `UPDATE prevalence p SET devices = coalesce(t.devices, p.devices), last_seen = coalesce(t.last_seen, p.last_seen),
       asked_at = clock_timestamp()
     FROM unnest($2::bigint[], $3::int[], $4::timestamptz[]) AS t (id, devices, last_seen)
     JOIN prevalence before ON before.connector_id = $1 AND before.indicator_id = t.id
     WHERE p.connector_id = $1 AND p.indicator_id = t.id
     RETURNING before.asked_at IS NULL OR (before.devices > $5::int) IS DISTINCT FROM (p.devices > $5::int) AS "isNews"`,
    [
      connectorId,
      told.map(({ id }) => id),
      told.map(({ devices }) => devices && Math.min(devices, MOST_DEVICES)),
      told.map(({ lastSeen }) => lastSeen),
      maxPrevalence,
    ],
  );
  return rows.filter(({ isNews }) => isNews).length;
};

const MOST_DEVICES = 2_147_483_647;

type Conclusion = Begun & {
  connectorId: string;
  outcome: { news: number; missing: string[]; problem: string | null };
  now: Date;
};

const conclude = async (
  client: PoolClient,
  { connectorId, teamId, maxPrevalence, askedBefore, missing: wasMissing, outcome, now }: Conclusion,
): Promise<void> => {
  const { news, missing, problem } = outcome;
  await client.query("UPDATE connector SET statistics = $2 WHERE id = $1", [
    connectorId,
    JSON.stringify({ at: now, missing, problem }),
  ]);
  if (maxPrevalence === null) return;
  const isNews = news > 0 || JSON.stringify(wasMissing) !== JSON.stringify(missing);
  if (isNews || (await isOverdue(client, connectorId, { askedBefore, now })))
    // Counted as a change: who reviews is told, and the end of a push that is under way comes back to it.
    await announcePlansSql(client, teamId);
};

/** Whether something has waited for as long as it is to wait since this was last looked at. */
const isOverdue = async (
  client: PoolClient,
  connectorId: string,
  { askedBefore, now }: { askedBefore: Date | null; now: Date },
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM prevalence WHERE connector_id = $1 AND asked_at IS NULL
       AND wanted_at <= $2::timestamptz - make_interval(hours => $4)
       AND ($3::timestamptz IS NULL OR wanted_at > $3::timestamptz - make_interval(hours => $4)) LIMIT 1`,
    [connectorId, now, askedBefore, PREVALENCE_HOURS],
  );
  return rowCount === 1;
};
