import { canonicalJson, type Json } from "@/lib/domain/canonical-json";

export type EntryColumns = {
  at: Date;
  teamId: string | null;
  actorId: string | null;
  actorName: string;
  action: string;
  subjectType: string;
  subjectId: string;
  detail: Readonly<Record<string, Json>>;
};

/** The exact text of an audit entry that its seal covers. */
export const entryText = ({
  at,
  teamId,
  actorId,
  actorName,
  action,
  subjectType,
  subjectId,
  detail,
}: EntryColumns): string =>
  canonicalJson({
    at: at.toISOString(),
    teamId,
    actorId,
    actorName,
    action,
    subjectType,
    subjectId,
    detail,
  });
