import "server-only";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { SENTINEL_LIMITS } from "@/lib/connectors/sentinel/limits";
import { bulkAsSystem } from "@/lib/db/scope";
import { describeDrift, DRIFT_REASONS, findDrift } from "@/lib/domain/delivery/drift";
import { wasNotPublished } from "@/lib/domain/delivery/publication";

import {
  readListed,
  readStretch,
  type Compared,
  type Drift,
  type ExpectedRecord,
  type KnownRecords,
} from "./expected-records";
import { createSeenRecords } from "./seen-records";
import { isHolding, toShown } from "@/lib/services/delivery/read-back";
import { toAltered } from "@/lib/services/delivery/should-stand";

/** A record that was accepted, was never seen as it was sent, and is shown otherwise. */
export type Unlike = { recordId: string; acceptedAt: Date | null; reason: string };

/** A record that holds as it was sent and that its destination has not published again for too long. */
export type Unpublished = { recordId: string; since: Date };

export type Comparison = {
  /** Takes what is shown, page by page. */
  see: (page: readonly RemoteRecord[]) => Promise<void>;
  /** Stretch by stretch how many were expected, and those of them that were not come upon. To be asked once all was seen. */
  findMissing: () => AsyncIterable<{ expected: number; missing: ExpectedRecord[] }>;
  isSeen: (record: ExpectedRecord) => boolean;
  drifts: () => Drift[];
  /** What sending it again would not change: nobody changed it there. */
  unlike: () => Unlike[];
  unpublished: () => Unpublished[];
  /** What our application made, and neither this connector expects nor any other knows. */
  unknown: () => RemoteRecord[];
  /** Those of the orphaned that are there: their maker can be used again. */
  revived: () => string[];
};

/**
 * Compares what stands at a destination with what should, as its pages come: what is known of a page is looked up, and only what
 * differs is kept.
 */
export const openComparison = (compared: Compared, now: Date): Comparison => {
  const seen = createSeenRecords();
  // A list that is long in coming may show one twice.
  const drifts = new Map<string, Drift>();
  const unlike = new Map<string, Unlike>();
  const unpublished = new Map<string, Unpublished>();
  const unknown = new Map<string, RemoteRecord>();
  const revived = new Set<string>();
  const seeOne = (listed: RemoteRecord, { records, ownIds }: KnownRecords): void => {
    const record = records.get(listed.remoteId);
    if (listed.isOurs && isHolding(listed, now) && record === undefined && !ownIds.has(listed.remoteId))
      unknown.set(listed.remoteId, listed);
    if (record === undefined) return;
    seen.add(record);
    if (!record.isExpected) return;
    const { recordId } = record;
    if (record.isOrphaned) revived.add(recordId);
    unlike.delete(recordId);
    const drift = compareOne(record, listed, now);
    const otherwise = drift ? null : findUnlike(record, listed);
    if (drift) drifts.set(recordId, drift);
    else if (otherwise) unlike.set(recordId, otherwise);
    else if (compared.kind === "sentinel" && isUnpublished(record, listed, now))
      unpublished.set(recordId, {
        recordId,
        since: listed.publishedAt ?? record.refreshTakenAt ?? record.acceptedAt ?? now,
      });
  };
  return {
    see: async (page) => {
      const remoteIds = page.map(({ remoteId }) => remoteId);
      const known = await bulkAsSystem("delivery", (client) => readListed(client, compared, remoteIds));
      for (const listed of page) seeOne(listed, known);
    },
    findMissing: async function* () {
      for await (const records of stretchesOf(compared))
        yield { expected: records.length, missing: records.filter((record) => !seen.has(record)) };
    },
    isSeen: (record) => seen.has(record),
    drifts: () => [...drifts.values()],
    unlike: () => [...unlike.values()],
    unpublished: () => [...unpublished.values()],
    unknown: () => [...unknown.values()],
    revived: () => [...revived],
  };
};

async function* stretchesOf(compared: Compared): AsyncIterable<ExpectedRecord[]> {
  let after: Pick<ExpectedRecord, "indicatorId" | "scope"> | undefined = { indicatorId: "0", scope: "" };
  while (after !== undefined) {
    const from: Pick<ExpectedRecord, "indicatorId" | "scope"> = after;
    const { records, isLast } = await bulkAsSystem("delivery", (client) =>
      readStretch(client, compared, from),
    );
    yield records;
    after = isLast ? undefined : records.at(-1);
  }
}

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
    altered: toAltered(shown),
  };
};

/** A destination that left something out, or wrote it its own way: what of it is not as sent is told, and stands. */
const findUnlike = (record: ExpectedRecord, listed: RemoteRecord): Unlike | null => {
  const { recordId, acceptedAt, isConfirmed, isChanged } = record;
  if (isConfirmed || isChanged) return null;
  // How its words are shown is known only once it was seen as sent.
  const differences = describeDrift({ ...record, textHash: null }, toShown(listed));
  return differences.length === 0
    ? null
    : { recordId, acceptedAt, reason: DRIFT_REASONS.unlike(differences) };
};

const isUnpublished = (
  { isConfirmed, isChanged, ...sent }: ExpectedRecord,
  { publishedAt }: RemoteRecord,
  now: Date,
): boolean =>
  isConfirmed &&
  !isChanged &&
  wasNotPublished({ ...sent, publishedAt }, { withinDays: SENTINEL_LIMITS.publishesWithinDays, now });
