import { describe, expect, it } from "vitest";

import { outgoing } from "../testing/records";
import { fromWireValue, toImportItem, toRemoteRecord, toWireValue } from "./map";
import { listedIndicatorSchema } from "./wire";

describe("toImportItem", () => {
  it("says who, what and how long", () => {
    const record = outgoing(1, {
      validUntil: new Date("2026-12-24T00:00:00Z"),
      deviceGroups: ["Servers"],
      action: "Block",
      generateAlert: true,
    });

    expect(toImportItem(record, "Sluice")).toEqual({
      indicatorValue: "host-1.example.com",
      indicatorType: "DomainName",
      action: "Block",
      severity: "Medium",
      title: "[Team A] Indicator 1",
      description: "Feed One, seen today, number 1",
      expirationTime: "2026-12-24T00:00:00.000Z",
      application: "Sluice",
      externalId: record.externalId,
      generateAlert: true,
      rbacGroupNames: ["Servers"],
    });
  });

  it.each([
    ["Audit", false, true],
    ["Audit", true, true],
    ["Block", false, false],
    ["Block", true, true],
    ["Allowed", true, false],
  ] as const)("with %s and alerts wanted %s sends generateAlert %s", (action, generateAlert, expected) => {
    expect(toImportItem(outgoing(1, { action, generateAlert }), "Sluice")).toMatchObject({
      generateAlert: expected,
    });
  });

  it.each([
    ["ipv4", "203.0.113.9", "IpAddress"],
    ["ipv6", "2001:db8::1", "IpAddress"],
    ["url", "http://example.com/", "Url"],
    ["md5", "a", "FileMd5"],
    ["sha1", "a", "FileSha1"],
    ["sha256", "a", "FileSha256"],
    ["cert-sha1", "a", "CertificateThumbprint"],
  ] as const)("calls %s %s a %s", (type, value, indicatorType) => {
    expect(toImportItem(outgoing(1, { type, value }), "Sluice")).toMatchObject({ indicatorType });
  });

  it.each(["email", "sha512", "ipv4-cidr", "ipv6-cidr"] as const)("has no name for %s", (type) => {
    expect(toImportItem(outgoing(1, { type }), "Sluice")).toBeNull();
  });

  it("never sends empty or over-long texts", () => {
    const empty = toImportItem(outgoing(1, { title: " ", description: "\n" }), "Sluice");
    const long = toImportItem(
      outgoing(1, { title: "t".repeat(5000), description: "d".repeat(5000) }),
      "Sluice",
    );

    expect(empty).toMatchObject({ title: "host-1.example.com", description: "No description." });
    expect([long?.title.length, long?.description.length]).toEqual([200, 1000]);
  });
});

it("writes IPv6 with all eight groups and reads it back short", () => {
  expect(toWireValue("ipv6", "2001:db8::1")).toBe("2001:db8:0:0:0:0:0:1");
  expect(fromWireValue("ipv6", "2001:0DB8:0:0:0:0:0:1")).toBe("2001:db8::1");
});

it.each([
  ["sha256", "ABCDEF", "abcdef"],
  ["domain", "Example.COM", "example.com"],
  ["url", "http://example.com/Path", "http://example.com/Path"],
  ["ipv6", "not an address", "not an address"],
] as const)("reads %s %s as %s", (type, value, expected) => {
  expect(fromWireValue(type, value)).toBe(expected);
});

describe("toRemoteRecord", () => {
  const listed = (change: object) =>
    listedIndicatorSchema.parse({
      id: "5142",
      indicatorValue: "AB",
      indicatorType: "FileSha256",
      action: "Block",
      severity: "Low",
      title: "t",
      description: "d",
      externalId: "e",
      createdBy: "APP-ID",
      createdByDisplayName: "TPI_TeamA",
      expirationTime: "2026-12-01T08:58:12Z",
      creationTimeDateTimeUtc: "2026-10-01T08:58:12.5312934Z",
      lastUpdateTime: "2026-11-01T08:58:13.5312934Z",
      lastUpdatedBy: "adele@contoso.example",
      rbacGroupNames: ["Servers"],
      generateAlert: true,
      ...change,
    });

  it("knows its own by the application's id, in any case", () => {
    expect(toRemoteRecord(listed({}), "app-id")).toEqual({
      remoteId: "5142",
      type: "sha256",
      value: "ab",
      action: "Block",
      severity: "Low",
      title: "t",
      description: "d",
      externalId: "e",
      stixId: null,
      createdBy: "APP-ID",
      createdByName: "TPI_TeamA",
      isOurs: true,
      deviceGroups: ["Servers"],
      raisesAlert: true,
      pattern: null,
      labels: [],
      tlp: null,
      tellsMarking: false,
      expiresAt: new Date("2026-12-01T08:58:12Z"),
      madeAt: new Date("2026-10-01T08:58:12.531Z"),
      updatedAt: new Date("2026-11-01T08:58:13.531Z"),
      updatedBy: "adele@contoso.example",
      publishedAt: null,
      isRevoked: false,
    });
    expect(toRemoteRecord(listed({ createdBy: null }), "app-id").isOurs).toBe(false);
  });

  it.each([
    [{ id: 5142 }, { remoteId: "5142" }],
    [
      { indicatorType: "WebCategory", indicatorValue: "Games" },
      { type: null, value: "Games" },
    ],
    [{ action: "AlertAndBlock" }, { action: null }],
    [
      { action: 3, severity: null, rbacGroupNames: null, generateAlert: "x", expirationTime: null },
      { action: null, severity: null, deviceGroups: null, raisesAlert: null, expiresAt: null },
    ],
    [
      { indicatorType: "IpAddress", indicatorValue: "2001:db8:0:0:0:0:0:1" },
      { type: "ipv6", value: "2001:db8::1" },
    ],
    [{ indicatorType: "IpAddress", indicatorValue: "203.0.113.9" }, { type: "ipv4" }],
  ])("reads %j as %j", (change, expected) => {
    expect(toRemoteRecord(listed(change), "app-id")).toMatchObject(expected);
  });
});
