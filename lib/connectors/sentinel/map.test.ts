import { afterEach, describe, expect, it, vi } from "vitest";

import { outgoing, withdrawn } from "../testing/records";
import { toEndedIndicator, toRemoteId, toRemoteRecord, toStixId, toStixIndicator } from "./map";
import { queriedItemSchema, type StixIndicator } from "./stix";

const AT = {
  created: new Date("2026-11-01T00:00:00Z"),
  modified: new Date("2026-11-02T00:00:00Z"),
  from: new Date("2026-11-03T00:00:00Z"),
  until: new Date("2026-12-01T00:00:00Z"),
};
const record = outgoing(1, {
  createdAt: AT.created,
  modifiedAt: AT.modified,
  validFrom: AT.from,
  validUntil: AT.until,
  teams: ["Team A", "Team B"],
});

/** The object as it is sent. */
const sent = (object: StixIndicator): unknown => JSON.parse(JSON.stringify(object));

describe("toStixIndicator", () => {
  it("writes a STIX 2.1 indicator that names teams, feeds and tags", () => {
    expect(sent(toStixIndicator(record))).toEqual({
      type: "indicator",
      spec_version: "2.1",
      id: record.stixId,
      created: "2026-11-01T00:00:00.000Z",
      modified: "2026-11-02T00:00:00.000Z",
      created_by_ref: record.createdByRef,
      pattern: "[domain-name:value = 'host-1.example.com']",
      pattern_type: "stix",
      valid_from: "2026-11-03T00:00:00.000Z",
      valid_until: "2026-12-01T00:00:00.000Z",
      name: "[Team A] Indicator 1",
      description: "Feed One, seen today, number 1",
      indicator_types: ["malicious-activity"],
      confidence: 80,
      labels: ["team:Team A", "team:Team B", "feed:Feed One", "phishing"],
      object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
      external_references: [{ source_name: "Sluice", url: record.traceUrl, external_id: record.externalId }],
    });
  });

  it.each([
    ["clear", "613f2e26"],
    ["green", "34098fce"],
    ["amber", "f88d31f6"],
    ["amber+strict", "f88d31f6"],
    ["red", "5e57c739"],
  ] as const)("marks TLP %s with %s…", (tlp, start) => {
    expect(toStixIndicator({ ...record, tlp }).object_marking_refs?.[0]).toContain(`--${start}-`);
  });

  it.each([
    [-5, 0],
    [55.6, 56],
    [101, 100],
  ])("writes confidence %d as %d", (confidence, expected) => {
    expect(toStixIndicator({ ...record, confidence }).confidence).toBe(expected);
  });

  it("leaves out what has no content, and repeats nothing", () => {
    const nothing = { threatTypes: [], teams: [], feeds: [], tags: [] };
    const stix = sent(toStixIndicator({ ...record, title: " ", description: "", ...nothing }));

    expect(stix).not.toHaveProperty("name");
    expect(stix).not.toHaveProperty("description");
    expect(stix).not.toHaveProperty("indicator_types");
    expect(stix).not.toHaveProperty("labels");
    expect(toStixIndicator({ ...record, tags: ["a", "a", " "] }).labels).toEqual([
      "team:Team A",
      "team:Team B",
      "feed:Feed One",
      "a",
    ]);
  });

  it.each(["team:Blue", "TEAM:Blue", "feed:Own list", "Feed:x", " \u200bteam:Blue", "team:"])(
    "lets no tag of a source pass for a team or a feed: %j",
    (tag) => {
      const { labels = [] } = toStixIndicator({ ...record, teams: ["Red"], feeds: [], tags: [tag, "apt"] });
      expect(labels).toEqual(["team:Red", `tag:${tag.replaceAll("\u200b", "").trim()}`, "apt"]);
    },
  );

  it("never dates a change before the creation", () => {
    expect(toStixIndicator({ ...record, modifiedAt: new Date(0) }).modified).toBe("2026-11-01T00:00:00.000Z");
  });
});

describe("toEndedIndicator", () => {
  it("ends the same object, newer than before, and revokes nothing", () => {
    const endedAt = new Date("2026-11-20T00:00:00Z");
    const ended = toEndedIndicator({ ...withdrawn(record, null), endedAt, modifiedAt: endedAt });

    expect(ended).toMatchObject({
      id: record.stixId,
      created: "2026-11-01T00:00:00.000Z",
      modified: "2026-11-20T00:00:00.000Z",
      valid_from: "2026-11-03T00:00:00.000Z",
      valid_until: "2026-11-20T00:00:00.000Z",
      pattern: toStixIndicator(record).pattern,
      labels: toStixIndicator(record).labels,
    });
    expect(sent(ended)).not.toHaveProperty("revoked");
  });

  it.each([AT.from, new Date("2026-11-02T12:00:00Z")])("ends after it begins, also at %s", (endedAt) => {
    const { valid_from, valid_until } = toEndedIndicator({ ...withdrawn(record, null), endedAt });

    expect(Date.parse(valid_until)).toBe(endedAt.getTime());
    expect(Date.parse(valid_from)).toBeLessThan(endedAt.getTime());
  });

  it("ends at once also where it has to be dated ahead to be newer", () => {
    const endedAt = new Date("2026-11-20T00:00:00Z");
    const modifiedAt = new Date("2026-11-20T00:10:00Z");

    expect(toEndedIndicator({ ...withdrawn(record, null), endedAt, modifiedAt })).toMatchObject({
      modified: "2026-11-20T00:10:00.000Z",
      valid_until: "2026-11-20T00:00:00.000Z",
    });
  });

  it("says nothing of a record whose texts may not leave any more", () => {
    const ended = sent(toEndedIndicator({ ...withdrawn(record, null), texts: null }));

    for (const property of ["name", "description", "labels", "external_references", "object_marking_refs"]) {
      expect(ended).not.toHaveProperty(property);
    }
  });
});

describe("toRemoteRecord", () => {
  const stix = toStixIndicator(record);
  const name = toRemoteId("Sluice", record.stixId);
  const OBJECT_ID = "0b1ec700-1a1a-4b2b-8c3c-000000000001";
  const item = (properties: object) => queriedItemSchema.parse({ name, kind: "Indicator", properties });

  it("reads back what was sent", () => {
    expect(name).toBe(`U2x1aWNl---${record.stixId}`);
    const properties = {
      source: "Sluice",
      lastModifiedBy: { objectId: OBJECT_ID, email: "", name: "TPI_TeamA" },
      lastIngestedTimeUtc: "2026-11-09T00:00:00.1234567",
      data: stix,
    };
    expect(toStixId(name)).toBe(record.stixId);
    expect(toRemoteRecord(item(properties), "Sluice")).toEqual({
      remoteId: name,
      type: "domain",
      value: record.value,
      action: null,
      severity: null,
      title: record.title,
      description: record.description,
      externalId: record.externalId,
      stixId: record.stixId,
      createdBy: "Sluice",
      createdByName: null,
      isOurs: true,
      deviceGroups: null,
      raisesAlert: null,
      pattern: "domain:host-1.example.com",
      labels: ["team:Team A", "team:Team B", "feed:Feed One", "phishing"],
      tlp: "amber+strict",
      tellsMarking: true,
      expiresAt: AT.until,
      madeAt: new Date("2026-11-01T00:00:00Z"),
      updatedAt: AT.modified,
      updatedBy: "TPI_TeamA",
      publishedAt: new Date("2026-11-09T00:00:00.123Z"),
      isRevoked: false,
    });
  });

  it.each([
    [{ objectId: OBJECT_ID, email: "", name: "TPI_TeamA" }, "TPI_TeamA"],
    [{ objectId: OBJECT_ID, email: "ada@contoso.example", name: "" }, "ada@contoso.example"],
    [{ objectId: OBJECT_ID, email: null, name: null }, OBJECT_ID],
    [{ objectId: OBJECT_ID }, OBJECT_ID],
    // As in Microsoft's example.
    [{ objectId: "00000000-0000-0000-0000-000000000000", email: "", name: "" }, null],
    ["TPI_TeamA", "TPI_TeamA"],
    ["", null],
    [null, null],
    [undefined, null],
    [7, null],
  ])("takes who changed a record last from %j: %s", (lastModifiedBy, updatedBy) => {
    expect(toRemoteRecord(item({ lastModifiedBy }), "Sluice").updatedBy).toBe(updatedBy);
  });

  describe("with a clock eight hours behind", () => {
    afterEach(() => {
      vi.unstubAllEnvs();
    });

    it.each([
      ["2024-02-05T22:47:29.4948816", "2024-02-05T22:47:29.494Z"],
      ["2024-02-05T22:47:29.4948816Z", "2024-02-05T22:47:29.494Z"],
      ["2024-02-05T22:47:29+02:00", "2024-02-05T20:47:29.000Z"],
      ["2024-02-05", "2024-02-05T00:00:00.000Z"],
      ["yesterday", null],
      ["", null],
    ])("reads the time %j as %s", (lastIngestedTimeUtc, read) => {
      vi.stubEnv("TZ", "America/Los_Angeles");

      const { publishedAt } = toRemoteRecord(item({ lastIngestedTimeUtc }), "Sluice");

      expect(publishedAt?.toISOString() ?? null).toBe(read);
    });
  });

  it.each([
    ["clear", "clear"],
    ["green", "green"],
    // Both are one marking there.
    ["amber", "amber+strict"],
    ["amber+strict", "amber+strict"],
    ["red", "red"],
  ] as const)("reads the marking of TLP %s as %s, so that nothing is loosened", (tlp, read) => {
    const { object_marking_refs } = toStixIndicator({ ...record, tlp });
    expect(toRemoteRecord(item({ data: { object_marking_refs } }), "Sluice").tlp).toBe(read);
  });

  it.each<[string, string[] | null, string | null]>([
    ["none", [], null],
    ["what is no list", null, null],
    ["one that is no TLP", ["marking-definition--00000000-0000-4000-8000-00000000000b"], null],
    ["amber of TLP 2.0", ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"], "amber"],
    [
      "several",
      ["34098fce-860f-48ae-8e50-ebd3cc5e41da", "e828b379-4e03-4974-9ac4-e53a884c97c1"].map(
        (id) => `marking-definition--${id}`,
      ),
      "red",
    ],
  ])("reads the strictest of an object's markings: %s", (_what, object_marking_refs, tlp) => {
    expect(toRemoteRecord(item({ data: { object_marking_refs } }), "Sluice").tlp).toBe(tlp);
  });

  it("reads what others sent, however odd", () => {
    const odd = item({
      source: "Other",
      lastUpdatedDateTimeUtc: "2026-11-05T00:00:00Z",
      data: { pattern: "[a:b = 'c' AND d:e = 'f']", revoked: true },
    });

    expect(toRemoteRecord(odd, "Sluice")).toMatchObject({
      type: null,
      value: "[a:b = 'c' AND d:e = 'f']",
      stixId: record.stixId,
      isOurs: false,
      isRevoked: true,
      expiresAt: null,
      updatedAt: new Date("2026-11-05T00:00:00Z"),
    });
    expect(toRemoteRecord(item({}), "Sluice")).toMatchObject({ type: null, value: "", isOurs: false });
  });
});
