import "server-only";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { SENTINEL_LIMITS } from "@/lib/connectors/sentinel/limits";
import { describeDrift, DRIFT_REASONS, findDrift } from "@/lib/domain/delivery/drift";

import type { Drift, ExpectedRecord } from "./expected-records";
import { toShown } from "@/lib/services/delivery/read-back";

/** A record that holds as it was sent and that its destination has not published again for too long. */
export type Unpublished = { recordId: string; since: Date };

export type Comparison = {
  /** Takes what is shown, page by page. */
  see: (page: readonly RemoteRecord[]) => void;
  /** What was expected and not come upon. */
  missing: () => ExpectedRecord[];
  drifts: () => Drift[];
  unpublished: () => Unpublished[];
  /** What our application made, and neither this connector expects nor any other knows. */
  unknown: () => RemoteRecord[];
  /** Whether a record of ours that is known and holds is of the same value. */
  isKnownValue: (record: Pick<RemoteRecord, "type" | "value">) => boolean;
  /** Those of the orphaned that are there: their maker can be used again. */
  revived: () => string[];
};

type Options = {
  expected: readonly ExpectedRecord[];
  /** Remote ids of all that is ours at the destination, whatever connector sent it. */
  knownIds: ReadonlySet<string>;
  /** Whether the destination publishes again by itself what holds. */
  publishes: boolean;
  now: Date;
};

/** Compares what stands at a destination with what should, as its pages come: only what differs is kept. */
export const compareRecords = ({ expected, knownIds, publishes, now }: Options): Comparison => {
  const awaited = new Map(expected.map((record) => [record.remoteId, record]));
  const missing = new Map(awaited);
  const drifts: Drift[] = [];
  const unpublished: Unpublished[] = [];
  const unknown: RemoteRecord[] = [];
  const revived: string[] = [];
  const knownValues = new Set<string>();
  const seeOne = (listed: RemoteRecord): void => {
    const record = awaited.get(listed.remoteId);
    if (listed.isOurs && isHolding(listed, now)) {
      if (record !== undefined || knownIds.has(listed.remoteId)) knownValues.add(valueOf(listed));
      else unknown.push(listed);
    }
    if (record === undefined) return;
    missing.delete(listed.remoteId);
    if (record.isOrphaned) revived.push(record.recordId);
    const drift = compareOne(record, listed, now);
    if (drift) drifts.push(drift);
    else if (publishes && isUnpublished(record, listed, now))
      unpublished.push({
        recordId: record.recordId,
        since: listed.publishedAt ?? record.refreshTakenAt ?? record.acceptedAt ?? now,
      });
  };
  return {
    see: (page) => {
      for (const listed of page) seeOne(listed);
    },
    missing: () => [...missing.values()],
    drifts: () => drifts,
    unpublished: () => unpublished,
    unknown: () => unknown,
    isKnownValue: (record) => knownValues.has(valueOf(record)),
    revived: () => revived,
  };
};

/** What became of a record that is not shown at all. */
export const toRemoved = ({ recordId, acceptedAt, isConfirmed, isChanged }: ExpectedRecord): Drift => ({
  ...{ kind: "removed", recordId, acceptedAt },
  reason: isConfirmed || isChanged ? DRIFT_REASONS.removed : DRIFT_REASONS.neverShown,
});

const compareOne = (record: ExpectedRecord, listed: RemoteRecord, now: Date): Drift | null => {
  const { recordId, acceptedAt, isConfirmed, isChanged } = record;
  if (listed.isRevoked) return { kind: "revoked", recordId, acceptedAt, reason: DRIFT_REASONS.revoked };
  // What never was seen as sent cannot have been changed since; sending it again and again would change nothing either.
  if (!isConfirmed && !isChanged) return null;
  const shown = toShown(listed);
  const differences = describeDrift(record, shown);
  if (differences.length === 0) return null;
  const reason = isChanged ? DRIFT_REASONS.changedAgain(differences) : DRIFT_REASONS.changed(differences);
  const kind = isHolding(listed, now) ? "changed" : "ended";
  return {
    kind,
    recordId,
    acceptedAt,
    reason,
    listed,
    changes: findDrift(record, shown),
    textHash: shown.textHash,
  };
};

const isHolding = ({ isRevoked, expiresAt }: RemoteRecord, now: Date): boolean =>
  !isRevoked && (expiresAt === null || expiresAt > now);

// Every upload that was taken is published, and what Sentinel publishes by itself it says itself, as far as it does: whichever is the
// newest counts, so that a time which stands still costs one upload in so many days and never a second one.
const isUnpublished = (
  { isConfirmed, isChanged, acceptedAt, refreshedAt, refreshTakenAt }: ExpectedRecord,
  { publishedAt }: RemoteRecord,
  now: Date,
): boolean => {
  if (!isConfirmed || isChanged) return false;
  const isOld = (at: Date | null, days: number) =>
    at === null || now.getTime() - at.getTime() >= days * DAY_MS;
  const days = SENTINEL_LIMITS.publishesWithinDays;
  const isUnseen = [publishedAt, acceptedAt, refreshTakenAt].every((at) => isOld(at, days));
  // What left and was not answered may have been taken, and shows late.
  return isUnseen && isOld(refreshedAt, DAYS_TO_SHOW);
};

const DAY_MS = 24 * 3_600_000;
const DAYS_TO_SHOW = 1;

const valueOf = ({ type, value }: Pick<RemoteRecord, "type" | "value">): string => `${type ?? ""} ${value}`;
