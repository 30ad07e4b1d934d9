import "server-only";

import type { PoolClient } from "pg";

import type { Tx } from "@/lib/db/client";
import type { Doer } from "@/lib/domain/access/actor";
import type { Json } from "@/lib/domain/canonical-json";

import { entryText } from "./entry-text";

export type AuditInput = {
  /** Null for what belongs to no team: users, teams themselves, the system. */
  teamId: string | null;
  doer: Doer;
  /** `feed.create`, `run.accept`, … */
  action: string;
  subject: { type: string; id: string };
  /** Before and after, counts, reasons. Never a secret. */
  detail?: Readonly<Record<string, Json>>;
};

/** Writes the entry inside the change's transaction: both land or neither does. */
export const recordAudit = async (tx: Tx, input: AuditInput, at: Date = new Date()): Promise<void> => {
  const entry = toEntry(input, at);
  await tx.auditEntry.create({ data: { ...entry, detail: entry.detail }, select: { id: true } });
};

/** As `recordAudit`, for services that work in SQL on one connection. */
export const recordAuditSql = async (
  client: PoolClient,
  input: AuditInput,
  at: Date = new Date(),
): Promise<void> => {
  const entry = toEntry(input, at);
  await client.query(
    `INSERT INTO audit_entry (at, team_id, actor_id, actor_name, action, subject_type, subject_id, detail, canonical)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      entry.at,
      entry.teamId,
      entry.actorId,
      entry.actorName,
      entry.action,
      entry.subjectType,
      entry.subjectId,
      JSON.stringify(entry.detail),
      entry.canonical,
    ],
  );
};

const toEntry = ({ teamId, doer, action, subject, detail = {} }: AuditInput, at: Date) => {
  const entry = {
    at,
    teamId,
    actorId: doer.id,
    actorName: doer.name,
    action,
    subjectType: subject.type,
    subjectId: subject.id,
    detail: { ...detail },
  };
  return { ...entry, canonical: entryText(entry) };
};
