import type { OutgoingRecord, WithdrawnRecord } from "../contract";

/** A record to send, made up around its number; for tests. */
export const outgoing = (number: number, change: Partial<OutgoingRecord> = {}): OutgoingRecord => {
  const hex = number.toString(16).padStart(12, "0");
  const start = new Date(Date.now() - 60_000);
  return {
    indicatorId: `00000000-0000-4000-8000-${hex}`,
    type: "domain",
    value: `host-${String(number)}.example.com`,
    action: "Audit",
    severity: "Medium",
    title: `[Team A] Indicator ${String(number)}`,
    description: `Feed One, seen today, number ${String(number)}`,
    confidence: 80,
    tlp: "amber",
    tags: ["phishing"],
    teams: ["Team A"],
    feeds: ["Feed One"],
    threatTypes: ["malicious-activity"],
    validFrom: start,
    validUntil: new Date(Date.now() + 86_400_000),
    createdAt: start,
    modifiedAt: start,
    externalId: `sluice-${hex}`,
    stixId: `indicator--00000000-0000-5000-8000-${hex}`,
    traceUrl: `https://sluice.example/indicators/${hex}`,
    deviceGroups: [],
    generateAlert: false,
    createdByRef: "identity--11111111-1111-5111-8111-111111111111",
    ...change,
  };
};

/** The withdrawal of a record, now; for tests. */
export const withdrawn = (record: OutgoingRecord, remoteId: string | null): WithdrawnRecord => {
  const { indicatorId, type, value, externalId, stixId, createdByRef, createdAt, validFrom, deviceGroups } =
    record;
  const { title, description, confidence, tlp, tags, teams, feeds, threatTypes, traceUrl } = record;
  const endedAt = new Date();
  return {
    indicatorId,
    type,
    value,
    externalId,
    stixId,
    createdByRef,
    createdAt,
    modifiedAt: endedAt,
    validFrom,
    deviceGroups,
    remoteId,
    endedAt,
    attempt: 0,
    texts: { title, description, confidence, tlp, tags, teams, feeds, threatTypes, traceUrl },
  };
};
