import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { fieldLabel } from "./field-labels";

const FILES = [
  "feed-form",
  "kind-fields",
  "sign-in-fields",
  "tls-fields",
  "mapping-fields",
  "delimiter-field",
  "json-fields",
  "misp-fields",
  "taxii-fields",
  "policy-fields",
  "schedule-fields",
  "guard-fields",
];

/** Fields as they stand in the form's own files: the name, and the label beside it. */
const fields = FILES.flatMap((file) =>
  [
    ...readFileSync(`${import.meta.dirname}/${file}.tsx`, "utf8").matchAll(
      /name="([\w.]+)"\s+(?:label|legend)="([^"]+)"/g,
    ),
  ].map(([, name = "", label = ""]) => [name, label] as const),
);

describe("an answer that speaks of a field", () => {
  it("finds the fields of the form", () => {
    expect(fields.length).toBeGreaterThan(40);
  });

  it.each(fields.filter(([name]) => name !== "replacesSecrets"))(
    "calls %s as the form does",
    (name, label) => {
      expect(fieldLabel(name)).toBe(label);
    },
  );

  it.each([
    ["csv.columns.firstSeen", "First seen"],
    ["json.fields.tlp", "TLP"],
    ["misp.orgs.block", "Organisations"],
    ["previewId", "File"],
    ["headers", "Headers"],
  ])("calls %s what stands around it", (name, label) => {
    expect(fieldLabel(name)).toBe(label);
  });
});
