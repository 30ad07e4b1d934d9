import { describe, expect, it } from "vitest";

import { indicatorId } from "@/lib/domain/indicator/identity";

import { mispFeedFormat, mispServerFormat } from "./parse";
import { parseLines, wordOf } from "./testing/rows";

const MD5 = "d41d8cd98f00b204e9800998ecf8427f";
const SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80708";
const SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856";
const EVENT = {
  Event: {
    uuid: "5ca1ab1e-0000-4000-8000-00000000000a",
    info: "A campaign",
    timestamp: "1790000000",
    published: true,
    Orgc: { name: "Example CERT", uuid: "5ca1ab1e-0000-4000-8000-000000000001" },
    Tag: [{ name: "tlp:green" }, { name: "campaign:demo" }],
  },
};
const attribute = (type: string, value: string, more: object = {}) => ({
  Attribute: { uuid: "5ca1ab1e-0000-4000-8000-00000000000b", type, value, to_ids: true, ...more },
});
const wordsOf = async (...lines: Parameters<typeof parseLines>): Promise<string[]> =>
  (await parseLines(...lines)).flatMap(({ candidates }) => candidates.map(wordOf));

describe("attributes of MISP", () => {
  it.each([
    ["ip-dst", "203.0.113.9", ["ipv4:203.0.113.9"]],
    ["ip-src", "203.0.113.0/24", ["ipv4-cidr:203.0.113.0/24"]],
    ["ip-dst", "2001:DB8::1", ["ipv6:2001:db8::1"]],
    ["ip-dst|port", "203.0.113.9|8443", ["ipv4:203.0.113.9"]],
    ["ip-dst|port", "203.0.113.9:8443", ["ipv4:203.0.113.9"]],
    ["ip-src|port", "2001:db8::1|443", ["ipv6:2001:db8::1"]],
    ["hostname|port", "c2.example.com|443", ["domain:c2.example.com"]],
    ["domain", "EVIL.example.com.", ["domain:evil.example.com"]],
    ["hostname", "evil[.]example[.]com", ["domain:evil.example.com"]],
    ["domain|ip", "evil.example.com|203.0.113.9", ["domain:evil.example.com", "ipv4:203.0.113.9"]],
    ["domain|ip", "evil.example.com|999.1.2.3", ["domain:evil.example.com", "bad_address"]],
    ["url", "http://evil.example.com/a|b", ["url:http://evil.example.com/a|b"]],
    ["url", "evil.example.com/a", ["url:http://evil.example.com/a"]],
    ["url", "evil.example.com", ["url:http://evil.example.com/"]],
    ["url", "203.0.113.9:8080", ["url:http://203.0.113.9:8080/"]],
    ["url", "*.evil.example.com", ["domain:evil.example.com"]],
    ["md5", MD5.toUpperCase(), [`md5:${MD5}`]],
    ["sha1", SHA1, [`sha1:${SHA1}`]],
    ["filename|sha256", `a|b.exe|${SHA256}`, [`sha256:${SHA256}`]],
    ["filename|md5", "no hash here", ["not_an_indicator"]],
    ["malware-sample", `x.zip|${MD5}`, [`md5:${MD5}`]],
    ["x509-fingerprint-sha1", SHA1, [`cert-sha1:${SHA1}`]],
    ["email-src", "Bad@Example.com", ["email:bad@example.com"]],
    ["md5", "evil.example.com", ["type_mismatch"]],
    ["domain", MD5, ["type_mismatch"]],
    ["email-dst", "drop@example.com", ["email:drop@example.com"]],
    ["target-email", "victim@example.com", ["unsupported_type"]],
    ["link", "https://example.com/report", ["unsupported_type"]],
    ["uri", "/gate.php", ["unsupported_type"]],
    ["text", "words", ["unsupported_type"]],
    ["imphash", MD5, ["unsupported_type"]],
    ["yara", "rule a { condition: true }", ["unsupported_type"]],
    ["filename", "cmd.com", ["unsupported_type"]],
    ["never-heard-of", "1.2.3.4", ["unsupported_type"]],
  ])("%s %j is %j", async (type, value, expected) => {
    expect(await wordsOf(mispFeedFormat, [EVENT, attribute(type, value)])).toEqual(expected);
  });

  it.each([
    ["richpe", "md5", MD5],
    ["ptr-record", "domain", "dsl-1.provider.example.com"],
  ])("the role %s in an object belies its type", async (relation, type, value) => {
    const [row] = await parseLines(mispFeedFormat, [
      EVENT,
      attribute(type, value, { object_relation: relation, Object: { name: "pe" } }),
    ]);

    expect(row?.candidates).toEqual([expect.objectContaining({ ok: false, code: "unsupported_type" })]);
  });

  it("carries what event, object and attribute say beside the value", async () => {
    const [row] = await parseLines(mispFeedFormat, [
      EVENT,
      attribute("filename|sha256", `invoice.js|${SHA256}`, {
        comment: "first stage",
        timestamp: "1790000500",
        first_seen: "2026-09-01T10:00:00.123456+02:00",
        object_relation: "sha256",
        Object: { name: "file", last_seen: "2026-09-02T00:00:00+00:00" },
        Tag: [{ name: "tlp:amber" }, { name: 'misp:confidence-level="usually-confident"' }],
      }),
    ]);

    expect(row).toMatchObject({ line: 2 });
    expect(row?.candidates[0]).toMatchObject({
      ok: true,
      value: SHA256,
      tlp: "amber",
      confidence: 75,
      comment: "first stage (File name: invoice.js)",
      tags: ['misp:confidence-level="usually-confident"', "campaign:demo"],
      firstSeen: new Date("2026-09-01T08:00:00.123Z"),
      lastSeen: new Date("2026-09-02T00:00:00Z"),
      origin: {
        event: EVENT.Event.uuid,
        info: "A campaign",
        org: "Example CERT",
        id: "5ca1ab1e-0000-4000-8000-00000000000b",
        relation: "sha256",
      },
    });
  });

  it.each([
    ["a feed's", { Object: { name: "file", id: "5ca1ab1e-0000-4000-8000-00000000000c" } }],
    ["a server's, which names the object by its number", { object_id: "17" }],
  ])("takes the hashes of one object for one file, where it is %s", async (_whose, object) => {
    const other = { Object: { name: "file", id: "another" } };
    const rows = await parseLines(mispFeedFormat, [
      EVENT,
      attribute("md5", MD5, object),
      attribute("filename|sha1", `a.exe|${SHA1}`, object),
      attribute("sha256", SHA256, object),
      attribute("sha1", SHA1.replace("d", "e"), other),
      attribute("md5", MD5.replace("d", "e")),
    ]);
    const [sha256, sha1] = [indicatorId("sha256", SHA256), indicatorId("sha1", SHA1)];
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(rows.map(({ candidates: [one] }) => (one?.ok === true ? one.stronger : null))).toEqual([
      [sha256, sha1],
      [sha256],
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("keeps an object together that reaches over the end of a batch, and every row in its place", async () => {
    const object = { Object: { id: "spread" } };
    const fillers = Array.from({ length: 249 }, (_, at) => attribute("ip-dst", `203.0.113.${String(at)}`));
    const rows = await parseLines(mispFeedFormat, [
      EVENT,
      ...fillers,
      attribute("md5", MD5, object),
      attribute("sha256", SHA256, object),
      ...fillers,
    ]);
    expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 500 }, (_, at) => at + 2));
    const found = rows.flatMap(({ candidates: [one] }) => (one?.ok === true ? (one.stronger ?? []) : []));
    expect(found).toEqual([indicatorId("sha256", SHA256)]);
  });

  it("takes the event's subject for a comment, and the last change for the last sighting, where nothing is said", async () => {
    const [row] = await parseLines(mispFeedFormat, [
      EVENT,
      attribute("ip-dst|port", "203.0.113.9|8443", { timestamp: 1_790_000_500 }),
    ]);

    expect(row?.candidates[0]).toMatchObject({
      comment: "A campaign",
      port: 8443,
      lastSeen: new Date(1_790_000_500_000),
    });
    expect(row?.candidates[0]).not.toHaveProperty("firstSeen");
  });

  it("gives nothing for what was revoked", async () => {
    expect(await parseLines(mispFeedFormat, [EVENT, attribute("md5", MD5, { deleted: true })])).toEqual([]);
    expect(await parseLines(mispFeedFormat, [EVENT, attribute("md5", MD5, { deleted: "1" })])).toEqual([]);
  });

  it("takes what is meant for detection; where that is not said, the type says it", async () => {
    const words = (more: object, misp: object = {}) =>
      wordsOf(mispFeedFormat, [EVENT, attribute("md5", MD5, more)], misp);

    expect(await words({ to_ids: false })).toEqual(["not_to_ids"]);
    expect(await words({ to_ids: "0" })).toEqual(["not_to_ids"]);
    expect(await words({ to_ids: false }, { toIdsOnly: false })).toEqual([`md5:${MD5}`]);
    expect(await words({ to_ids: undefined })).toEqual([`md5:${MD5}`]);
    // What is no indicator anyway is told so.
    expect(
      await wordsOf(mispFeedFormat, [EVENT, attribute("link", "https://a.example.com", { to_ids: false })]),
    ).toEqual(["unsupported_type"]);
  });

  it("holds the tags of event and attribute, the pattern and false positives against it", async () => {
    const lines = [EVENT, attribute("md5", MD5, { Tag: [{ name: 'false-positive:confirmed="true"' }] })];

    expect(await wordsOf(mispFeedFormat, lines)).toEqual(["low_confidence"]);
    expect(await wordsOf(mispFeedFormat, lines, { tags: { block: ["campaign:%"] } })).toEqual([
      "filtered_tag",
    ]);
    expect(
      await wordsOf(mispFeedFormat, [EVENT, attribute("domain", "evil.example.com")], {}, "/EXAMPLE/i"),
    ).toEqual(["excluded"]);
  });

  it("reads a server's lines by the event in each, and leaves drafts out", async () => {
    const line = (published: boolean | undefined) =>
      attribute("md5", MD5, { Event: { ...EVENT.Event, published } });

    expect(await wordsOf(mispServerFormat, [line(true), line(false), line(undefined)])).toEqual([
      `md5:${MD5}`,
      "not_published",
      `md5:${MD5}`,
    ]);
    expect(await wordsOf(mispServerFormat, [line(false)], { publishedOnly: false })).toEqual([`md5:${MD5}`]);
  });

  it("explains an event that was not fetched, and a line that is nothing", async () => {
    const old = { Event: { ...EVENT.Event, timestamp: 1_500_000_000, leftOut: "too_old" } };

    const rows = await parseLines(mispFeedFormat, [old, "{", attribute("md5", MD5), "{}"], {
      maxAgeDays: 30,
    });

    expect(rows.map(({ line, candidates }) => [line, ...candidates.map(wordOf)])).toEqual([
      [1, "too_old"],
      [2, "broken_document"],
      [3, "too_old"],
      [4, "broken_document"],
    ]);
    expect(rows[0]?.candidates[0]).toMatchObject({ text: "A campaign" });
  });
});
