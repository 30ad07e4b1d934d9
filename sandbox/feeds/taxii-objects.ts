import { createHash } from "node:crypto";

import type { TaxiiEntry } from "../state/taxii-entry";

/** Sixty plain indicators. */
export const DEMO_COLLECTION = "7a511000-0a0a-4b0b-8c0c-000000000021";
/** Objects of every kind that a client has to cope with. */
export const MIXED_COLLECTION = "7a511000-0a0a-4b0b-8c0c-000000000022";

const OBJECT_COUNT = 60;
const FIRST_ADDED_MS = Date.parse("2026-10-01T00:00:00Z");
const HOUR_MS = 3_600_000;

const GREEN_1_0 = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
const AMBER_STRICT_2_0 = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

const idOf = (type: string, name: string): string => {
  const hex = digest("sha1", `sluice-taxii:${name}`);
  return `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const addedAt = (hour: number): string =>
  new Date(FIRST_ADDED_MS + hour * HOUR_MS).toISOString().replace("Z", "000Z");

const patternOf = (number: number): string => {
  const host = `taxii-${String(number).padStart(2, "0")}.example-sluice-demo.com`;
  if (number % 3 === 0) return `[file:hashes.'SHA-256' = '${digest("sha256", host)}']`;
  return number % 3 === 1 ? `[domain-name:value = '${host}']` : `[url:value = 'http://${host}/index.php']`;
};

/** Sixty indicators, added six hours apart. Number 60 is revoked. */
const demoEntries = (): TaxiiEntry[] =>
  Array.from({ length: OBJECT_COUNT }, (_, index) => {
    const number = index + 1;
    const at = new Date(FIRST_ADDED_MS + index * 6 * HOUR_MS).toISOString();
    return {
      collection: DEMO_COLLECTION,
      addedAt: addedAt(index * 6),
      object: {
        type: "indicator",
        spec_version: "2.1",
        id: idOf("indicator", String(number)),
        created: at,
        modified: at,
        name: `Demo indicator ${String(number)}`,
        indicator_types: ["malicious-activity"],
        pattern: patternOf(number),
        pattern_type: "stix",
        valid_from: at,
        confidence: 50 + (number % 5) * 10,
        labels: ["sluice-demo"],
        object_marking_refs: [GREEN_1_0],
        ...(number === OBJECT_COUNT ? { revoked: true } : {}),
      },
    };
  });

const CERT = idOf("identity", "cert");
const host = (name: string): string => `${name}.example-sluice-demo.net`;

const mixedObjects = (): TaxiiEntry["object"][] => {
  const at = "2026-10-01T00:00:00.000Z";
  const indicator = (name: string, pattern: string, more: Record<string, unknown> = {}) => ({
    type: "indicator",
    spec_version: "2.1",
    id: idOf("indicator", name),
    created: at,
    modified: at,
    name,
    pattern,
    pattern_type: "stix",
    valid_from: at,
    created_by_ref: CERT,
    ...more,
  });
  return [
    indicator("two names", `[domain-name:value = '${host("one")}' OR domain-name:value = '${host("two")}']`, {
      object_marking_refs: [AMBER_STRICT_2_0],
      kill_chain_phases: [{ kill_chain_name: "mitre-attack", phase_name: "command-and-control" }],
    }),
    indicator(
      "two observations",
      `[url:value = 'http://${host("three")}/'] OR [email-addr:value = 'lure@${host("three")}']`,
    ),
    indicator("a network", "[ipv4-addr:value ISSUBSET '45.155.250.0/24']"),
    indicator("an apostrophe", `[url:value = 'http://${host("four")}/it\\'s']`),
    indicator("a certificate", `[x509-certificate:hashes.'SHA-1' = '${digest("sha1", "certificate")}']`),
    indicator("name and hash", `[file:name = 'a.exe' AND file:hashes.MD5 = '${digest("md5", "a.exe")}']`),
    indicator(
      "one after the other",
      `[url:value = 'http://${host("five")}/'] FOLLOWEDBY [url:value = 'http://${host("six")}/']`,
    ),
    indicator("a YARA rule", "rule demo { condition: false }", { pattern_type: "yara" }),
    indicator("a file name", "[file:name = 'demo.exe']"),
    indicator("in doubt", `[domain-name:value = '${host("doubt")}']`, { confidence: 10 }),
    indicator("over", `[domain-name:value = '${host("over")}']`, { valid_until: "2026-10-02T00:00:00.000Z" }),
    {
      type: "indicator",
      id: idOf("indicator", "old"),
      created: at,
      modified: at,
      labels: ["malicious-activity", "sluice-demo"],
      pattern: `[domain-name:value = '${host("old")}']`,
      valid_from: at,
    },
    {
      type: "malware",
      spec_version: "2.1",
      id: idOf("malware", "demo"),
      created: at,
      modified: at,
      name: "Demo",
      is_family: true,
    },
    {
      type: "identity",
      spec_version: "2.1",
      id: CERT,
      created: at,
      modified: at,
      name: "Sluice Demo CERT",
      identity_class: "organization",
    },
  ];
};

/** What the collections hold before anything is added. */
export const TAXII_ENTRIES: readonly TaxiiEntry[] = [
  ...demoEntries(),
  ...mixedObjects().map((object, index) => ({
    collection: MIXED_COLLECTION,
    addedAt: addedAt(index),
    object,
  })),
];
