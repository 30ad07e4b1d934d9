import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { Candidate, ParsedRow, ParseSettings } from "@/lib/feeds/contract";

import { stixFormat } from "./parse";

const parse = async (
  objects: readonly unknown[],
  more: Partial<ParseSettings> = {},
): Promise<ParsedRow[]> => {
  const text = objects
    .map((object) => (typeof object === "string" ? object : JSON.stringify(object)))
    .join("\n");
  async function* body(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(new TextEncoder().encode(text));
  }
  const settings = { ...feedSettingsSchema.parse({}), now: new Date("2026-11-24T08:00:00Z"), ...more };
  const rows: ParsedRow[] = [];
  for await (const batch of stixFormat.parse(body(), settings)) rows.push(...batch);
  return rows;
};

const indicator = (pattern: string, more: Record<string, unknown> = {}) => ({
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
  created: "2026-11-01T00:00:00.000Z",
  modified: "2026-11-01T00:00:00.000Z",
  pattern,
  pattern_type: "stix",
  valid_from: "2026-11-01T00:00:00Z",
  ...more,
});

const brief = (candidate: Candidate): string =>
  candidate.ok ? `${candidate.type} ${candidate.value}` : `- ${candidate.code}`;
const briefs = async (objects: readonly unknown[], more: Partial<ParseSettings> = {}): Promise<string[]> =>
  (await parse(objects, more)).flatMap(({ candidates }) => candidates.map(brief));

const digest = (algorithm: string): string => createHash(algorithm).update("x").digest("hex");
const EVIL = "[domain-name:value = 'evil.example.com']";

describe("the values of a pattern", () => {
  it.each([
    ["[ipv4-addr:value = '192.0.2.1']", ["ipv4 192.0.2.1"]],
    ["[ipv4-addr:value = '192.0.2.7/24']", ["ipv4-cidr 192.0.2.0/24"]],
    ["[ipv4-addr:value ISSUBSET '192.0.2.0/24']", ["ipv4-cidr 192.0.2.0/24"]],
    ["[ipv4-addr:value = '192.0.2.1-192.0.2.2']", ["ipv4 192.0.2.1", "ipv4 192.0.2.2"]],
    ["[ipv6-addr:value = '2001:DB8::1']", ["ipv6 2001:db8::1"]],
    ["[ipv6-addr:value ISSUBSET '2001:db8::/32']", ["ipv6-cidr 2001:db8::/32"]],
    [EVIL, ["domain evil.example.com"]],
    ["[hostname:value = 'evil.example.com']", ["domain evil.example.com"]],
    ["[url:value = 'http://evil.example.com/it\\'s']", ["url http://evil.example.com/it's"]],
    ["[email-addr:value = 'a@evil.example.com']", ["email a@evil.example.com"]],
    ["[email-message:sender_ref.value = 'a@evil.example.com']", ["email a@evil.example.com"]],
    [`[file:hashes.MD5 = '${digest("md5")}']`, [`md5 ${digest("md5")}`]],
    [`[file:hashes.'SHA-1' = '${digest("sha1")}']`, [`sha1 ${digest("sha1")}`]],
    [`[file:hashes.'SHA1' = '${digest("sha1")}']`, [`sha1 ${digest("sha1")}`]],
    [`[file:hashes."SHA-256" = '${digest("sha256").toUpperCase()}']`, [`sha256 ${digest("sha256")}`]],
    [`[file:hashes.SHA256 = '${digest("sha256")}']`, [`sha256 ${digest("sha256")}`]],
    [`[file:hashes.sha_256 = '${digest("sha256")}']`, [`sha256 ${digest("sha256")}`]],
    [`[artifact:hashes.'SHA-512' = '${digest("sha512")}']`, [`sha512 ${digest("sha512")}`]],
    [`[x509-certificate:hashes.'SHA-1' = '${digest("sha1")}']`, [`cert-sha1 ${digest("sha1")}`]],
    [`[x509-certificate:hashes.'SHA-256' = '${digest("sha256")}']`, ["- unsupported_hash"]],
    [`[file:hashes.MD5 = '${digest("sha256")}']`, ["- type_mismatch"]],
    ["[file:hashes.SSDEEP = '3:abc:def']", ["- unsupported_hash"]],
    ["[domain-name:value ISSUBSET 'evil.example.com']", ["- unsupported_pattern"]],
    ["[domain-name:value = 'a@evil.example.com']", ["- type_mismatch"]],
    ["[ipv4-addr:value = '300.1.2.3']", ["- bad_address"]],
    ["[file:name = 'cmd.com']", ["- unsupported_type"]],
    ["[email-message:to_refs[*].value = 'me@example.com']", ["- unsupported_type"]],
    [
      "[url:value = 'http://evil.example.com/' OR file:name = 'x']",
      ["url http://evil.example.com/", "- unsupported_type"],
    ],
    ["[url:value = 'http://evil.example.com/' AND file:name = 'x']", ["- unsupported_pattern"]],
    ["[url:value != 'http://evil.example.com/']", ["- unsupported_pattern"]],
    ["", ["- malformed_row"]],
  ])("of %s", async (pattern, expected) => {
    expect(await briefs([indicator(pattern)])).toEqual(expected);
  });

  it("says what keeps a pattern from being read", async () => {
    const [row] = await parse([indicator("[url:value = 'a'] FOLLOWEDBY [url:value = 'b']")]);

    expect(row?.candidates[0]).toMatchObject({
      code: "unsupported_pattern",
      reason: "It asks for values one after the other (FOLLOWEDBY).",
    });
  });
});

describe("an indicator", () => {
  it("brings its context, and who made it", async () => {
    const org = "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff";
    const [row] = await parse([
      { type: "identity", id: org, name: "ACME CERT" },
      indicator(EVIL, {
        name: "Evil host",
        description: "Seen in a lure",
        confidence: 85,
        labels: ["emotet", "a,b", "tlp:green"],
        indicator_types: ["malicious-activity", "unknown"],
        created_by_ref: org,
        valid_until: "2027-01-01T00:00:00.123456Z",
        object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
      }),
    ]);

    expect(row?.line).toBe(2);
    expect(row?.candidates).toEqual([
      {
        ok: true,
        type: "domain",
        value: "evil.example.com",
        confidence: 85,
        tlp: "amber",
        tags: ["emotet", "a b"],
        comment: "Evil host: Seen in a lure",
        threatType: "malicious-activity",
        firstSeen: new Date("2026-11-01T00:00:00Z"),
        validUntil: new Date("2027-01-01T00:00:00.123Z"),
        origin: { id: "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", org: "ACME CERT" },
      },
    ]);
  });

  it("tells all its types, and a phase of an attack as a tag, never as a type", async () => {
    const [row] = await parse([
      indicator(EVIL, {
        indicator_types: ["malicious-activity", "anonymization", "malicious-activity"],
        kill_chain_phases: [{ kill_chain_name: "mitre-attack", phase_name: "command-and-control" }],
      }),
    ]);

    expect(row?.candidates[0]).toMatchObject({
      threatType: "malicious-activity, anonymization",
      tags: ["kill-chain:command-and-control"],
    });
  });

  it("has no type where none is given, and no comment of a name that only repeats the value", async () => {
    const [row] = await parse([
      indicator(EVIL, {
        name: "evil.example.com",
        kill_chain_phases: [{ kill_chain_name: "mitre-attack", phase_name: "command-and-control" }],
      }),
    ]);

    expect(row?.candidates[0]).not.toHaveProperty("threatType");
    expect(row?.candidates[0]).not.toHaveProperty("comment");
  });

  it("may be of STIX 2.0, where labels are types and the language is not said", async () => {
    const [row] = await parse([
      { type: "indicator", id: "indicator--x", labels: ["malicious-activity", "emotet"], pattern: EVIL },
    ]);

    expect(row?.candidates[0]).toMatchObject({
      ok: true,
      threatType: "malicious-activity",
      tags: ["emotet"],
    });
  });

  const marking = (id: string): string => `marking-definition--${id}`;
  it.each([
    ["613f2e26-407d-48c7-9eca-b8e91df99dc9", "clear"],
    ["34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"],
    ["f88d31f6-486f-44da-b317-01333bde0b82", "amber"],
    ["5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red"],
    ["94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"],
    ["bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"],
    ["55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"],
    ["939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"],
    ["e828b379-4e03-4974-9ac4-e53a884c97c1", "red"],
  ])("is marked by the well-known id %s as %s", async (id, tlp) => {
    const [row] = await parse([indicator(EVIL, { object_marking_refs: [marking(id)] })]);

    expect(row?.candidates[0]).toMatchObject({ tlp });
  });

  it.each([
    ["TLP 1.0", { definition_type: "tlp", definition: { tlp: "red" } }, "red"],
    [
      "TLP 2.0",
      {
        extensions: {
          "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
            extension_type: "property-extension",
            tlp_2_0: "amber+strict",
          },
        },
      },
      "amber+strict",
    ],
    ["its name", { definition_type: "TLP:GREEN", name: "TLP:GREEN" }, "green"],
    ["a TLP that nobody knows", { definition_type: "tlp", definition: { tlp: "ex:chr" } }, "amber"],
    ["a statement", { definition_type: "statement", definition: { statement: "© ACME" } }, undefined],
  ])("is marked by what the source defines: %s", async (_case, definition, tlp) => {
    const id = marking("11111111-1111-4111-8111-111111111111");
    const [row] = await parse([
      { type: "marking-definition", id, ...definition },
      indicator(EVIL, { object_marking_refs: [id] }),
    ]);

    const [candidate] = row?.candidates ?? [];
    expect(candidate?.ok === true && candidate.tlp).toBe(tlp);
  });

  it("takes the strictest of several markings, those of its parts included", async () => {
    const [row] = await parse([
      indicator(EVIL, {
        labels: ["tlp:green"],
        object_marking_refs: [marking("613f2e26-407d-48c7-9eca-b8e91df99dc9")],
        granular_markings: [
          { marking_ref: marking("5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), selectors: ["name"] },
        ],
      }),
    ]);

    expect(row?.candidates[0]).toMatchObject({ tlp: "red" });
  });

  it("has no value once it is revoked", async () => {
    expect(await parse([indicator(EVIL, { revoked: true })])).toEqual([]);
  });

  it.each([
    ["ended", { valid_until: "2026-11-24T08:00:00Z" }],
    ["low_confidence", { confidence: 39 }],
    ["not_to_ids", { indicator_types: ["benign"] }],
    ["unsupported_pattern", { pattern_type: "yara" }],
  ])("is left out with the code %s", async (code, more) => {
    const taxii = { collection: null, minConfidence: 40 };

    expect(await briefs([indicator(EVIL, more)], { taxii })).toEqual([`- ${code}`]);
  });

  it("is taken when it states no confidence, and when it ends later", async () => {
    const taxii = { collection: null, minConfidence: 40 };

    expect(
      await briefs([indicator(EVIL), indicator(EVIL, { valid_until: "2026-11-24T08:00:01Z" })], { taxii }),
    ).toEqual(["domain evil.example.com", "domain evil.example.com"]);
  });

  it("obeys the feed's exclusion pattern", async () => {
    expect(await briefs([indicator(EVIL)], { exclusionRegex: "^evil" })).toEqual(["- excluded"]);
  });
});

it("passes other objects over, and costs only the line when one is broken", async () => {
  const rows = await parse([
    { type: "malware", id: "x", name: "Emotet" },
    "{broken",
    "[]",
    "",
    indicator(EVIL),
  ]);

  expect(rows.map(({ line, candidates }) => [line, ...candidates.map(brief)])).toEqual([
    [2, "- malformed_row"],
    [3, "- malformed_row"],
    [5, "domain evil.example.com"],
  ]);
});
