import type { CsvColumnRole } from "@/lib/domain/feed/csv-settings";

/** What a person reads for the meaning of a column, and what it is good for. */
export const COLUMN_WORDS: Readonly<Record<CsvColumnRole, { label: string; hint: string }>> = {
  type: { label: "Type", hint: "Settles what the form of a value leaves open." },
  comment: { label: "Comment", hint: "Goes along into the record." },
  confidence: { label: "Confidence", hint: "0 to 100, or words such as “high”." },
  tags: { label: "Tags", hint: "Several in one cell, by comma or blank." },
  tlp: { label: "TLP", hint: "The row's own marking instead of the feed's." },
  firstSeen: { label: "First seen", hint: "Any usual form of a date." },
  lastSeen: { label: "Last seen", hint: "Any usual form of a date." },
  validUntil: { label: "Valid until", hint: "The row's own end." },
  threatType: { label: "Threat type", hint: "Such as Malware or Phish." },
};
