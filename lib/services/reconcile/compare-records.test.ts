import { describe, expect, it } from "vitest";

import type { RemoteRecord } from "@/lib/connectors/contract";

import { compareRecords } from "./compare-records";
import type { ExpectedRecord } from "./expected-records";

const NOW = new Date("2026-11-29T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3_600_000);

const LISTED: RemoteRecord = {
  ...{ remoteId: "1", type: "domain", value: "one.example.org", action: null, severity: null },
  ...{
    title: "One",
    description: "One",
    externalId: null,
    stixId: null,
    createdBy: null,
    createdByName: null,
  },
  ...{ isOurs: true, deviceGroups: [], labels: [], expiresAt: null, madeAt: null, updatedAt: null },
  ...{ updatedBy: null, publishedAt: null, isRevoked: false },
};
const EXPECTED: ExpectedRecord = {
  ...{ recordId: "record", remoteId: "1", action: null, severity: null, expiresAt: null, textHash: null },
  ...{ isConfirmed: true, isChanged: false, isOrphaned: false },
  ...{ acceptedAt: daysAgo(30), refreshedAt: null, refreshTakenAt: null },
};
type Times = {
  publishedAt?: Date | null;
  acceptedAt?: Date;
  refreshedAt?: Date;
  refreshTakenAt?: Date;
};

const isUnpublished = ({ publishedAt = null, ...sent }: Times, publishes = true): boolean => {
  const expected = [{ ...EXPECTED, ...sent }];
  const comparison = compareRecords({ expected, knownIds: new Set(), publishes, now: NOW });
  comparison.see([{ ...LISTED, publishedAt }]);
  return comparison.unpublished().length > 0;
};

describe("a record that Sentinel is to publish again", () => {
  it.each<[string, Times, boolean]>([
    ["was published lately", { publishedAt: daysAgo(8) }, false],
    ["was not for 12 days", { publishedAt: daysAgo(12) }, true],
    ["was just accepted, whatever is shown", { publishedAt: daysAgo(20), acceptedAt: daysAgo(3) }, false],
    ["does not say, and was sent long ago", { publishedAt: null }, true],
    ["does not say, and was sent lately", { publishedAt: null, acceptedAt: daysAgo(11) }, false],
    [
      "was taken again, though the time stands still",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(11), refreshTakenAt: daysAgo(11) },
      false,
    ],
    [
      "was taken again 12 days ago, and the time stands still",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(12), refreshTakenAt: daysAgo(12) },
      true,
    ],
    [
      "was sent again just now, without an answer",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(0.5) },
      false,
    ],
    [
      "was sent again yesterday, without an answer",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(1) },
      true,
    ],
  ])("that %s: sent again or not", (_, times, expected) => {
    expect(isUnpublished(times)).toBe(expected);
  });

  it("is none where the destination publishes nothing by itself", () => {
    expect(isUnpublished({ publishedAt: null }, false)).toBe(false);
  });
});
