import { describe, expect, it } from "vitest";

import { csvSettingsSchema } from "@/lib/domain/feed/csv-settings";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { ParsedRow } from "@/lib/feeds/contract";

import { detectCsv } from "./detect";
import { csvFormat } from "./parse";

// The shapes of lists that vendors publish, with values made up: cut as proposed, without a word from a person.

const MD5 = "44d88612fea8a8f36de82e1278abb02f";
const SHA1 = "3395856ce81f2b7382dee72602f798b642f14140";
const SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 50)
    yield await Promise.resolve(bytes.subarray(start, start + 50));
}

const parse = async (bytes: Uint8Array, csv: object): Promise<ParsedRow[]> => {
  const rows: ParsedRow[] = [];
  const settings = { ...feedSettingsSchema.parse({ csv }), now: new Date() };
  for await (const batch of csvFormat.parse(inPieces(bytes), settings)) rows.push(...batch);
  return rows;
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const read = async (list: string | Uint8Array) => {
  const bytes = typeof list === "string" ? utf8(list) : list;
  const { names, ...proposal } = detectCsv(bytes);
  const rows = await parse(bytes, proposal);
  return { ...proposal, names, values: rows.map(valuesOf) };
};

const valuesOf = ({ candidates }: ParsedRow): string =>
  candidates.map((candidate) => (candidate.ok ? candidate.value : `(${candidate.code})`)).join(" ");

const BOX = ["#".repeat(64), `# abuse.ch${" ".repeat(53)}#`, "#".repeat(64), "#"].join("\r\n");

const SHAPES: readonly (readonly [string, string, object, readonly string[]])[] = [
  [
    "URLhaus: names in a comment, everything quoted, an address of their own in every row",
    `${BOX}\r\n# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\r\n` +
      `"2","2026-11-24 08:05:05","http://203.0.113.7:49921/i","online","2026-11-24 08:05:05","malware_download","32-bit,elf","https://urlhaus.abuse.ch/url/2/","x"\r\n` +
      `"1","2026-11-24 08:04:05","http://evil.example.com/x, y.exe","offline","","malware_download","None","https://urlhaus.abuse.ch/url/1/","x"\r\n`,
    { valueColumns: [3], columns: { firstSeen: 2, lastSeen: 5, threatType: 6, tags: 7 }, header: false },
    ["http://203.0.113.7:49921/i", "http://evil.example.com/x,%20y.exe"],
  ],
  [
    "ThreatFox: a blank after every comma, ports, types, a comment at the end",
    `${BOX}\r\n# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","confidence_level","reference","tags"\r\n` +
      `"2026-11-24 07:39:45", "2", "203.0.113.9:443", "ip:port", "botnet_cc", "100", "https://bazaar.abuse.ch/sample/", "cs,x"\r\n` +
      `"2026-11-24 07:39:44", "1", "${SHA256}", "sha256_hash", "payload", "75", "None", ""\r\n# Number of entries: 2\r\n`,
    { valueColumns: [3], columns: { type: 4, confidence: 6, tags: 8, firstSeen: 1, threatType: 5 } },
    ["203.0.113.9", SHA256],
  ],
  [
    "Feodo Tracker: a header row after the box",
    `${BOX}\r\n"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"\r\n` +
      `"2026-01-06 09:56:00","203.0.113.5","443","offline","2026-11-24","QakBot"\r\n# END 1 entries`,
    { header: true, valueColumns: [2], columns: { firstSeen: 1, lastSeen: 5, threatType: 6 } },
    ["203.0.113.5"],
  ],
  [
    "dataplane.org: bars with blanks around them",
    "# ASN  |  ASname  |  ipaddr  |  lastseen  |  category\n#\n" +
      "64496  |  EXAMPLE-1, XX   |     203.0.113.5  |  2026-11-24 08:00:00  |  sshclient\n" +
      "NA     |  NA              |     203.0.113.6  |  2026-11-24 08:01:00  |  sshclient\n",
    { delimiter: "|", valueColumns: [3], columns: { lastSeen: 4, threatType: 5 } },
    ["203.0.113.5", "203.0.113.6"],
  ],
  [
    "AlienVault's reputation: number signs between the cells",
    "203.0.113.8#4#2#Malicious Host#CN#Beijing#39.9,116.4#3\n203.0.113.9#4#2#Scanning Host#US##38.0,-97.0#11\n",
    { delimiter: "#", valueColumns: [1] },
    ["203.0.113.8", "203.0.113.9"],
  ],
  [
    "AlienVault's generic form: a note behind each address",
    "# Generic format\n203.0.113.8 # Malicious Host CN,Beijing,39.9,116.4\n203.0.113.9 # Scanning Host US,,38.0,-97.0\n",
    { valueColumns: [1] },
    ["203.0.113.8", "203.0.113.9"],
  ],
  [
    "Benkow: semicolons",
    '"id";"date";"url";"ip";"type"\n"1";"24-11-2026";"http://evil.example.com/login.php";"203.0.113.5";"Loki"\n' +
      '"2";"23-11-2026";"http://bad.example.com/gate.php";"203.0.113.6";"Azorult"\n',
    { delimiter: ";", header: true, valueColumns: [3] },
    ["http://evil.example.com/login.php", "http://bad.example.com/gate.php"],
  ],
  [
    "PhishTank: a link to its own page in every row",
    "phish_id,url,phish_detail_url,submission_time,verified,target\n" +
      "2,https://evil.example.com/a,http://www.phishtank.com/d.php?phish_id=2,2026-11-24T07:59:11+00:00,yes,Other\n" +
      '1,"https://bad.example.com/a,b",http://www.phishtank.com/d.php?phish_id=1,2026-11-24T07:58:11+00:00,yes,"Bank, of X"\n',
    { header: true, valueColumns: [2], columns: { firstSeen: 4 } },
    ["https://evil.example.com/a", "https://bad.example.com/a,b"],
  ],
  [
    "Spamhaus: semicolons begin comments and notes",
    "; Spamhaus DROP List 2026/11/24\n203.0.113.0/24 ; SBL1\n198.51.100.0/24 ; SBL2\n",
    { valueColumns: [1], commentPrefixes: [";"] },
    ["203.0.113.0/24", "198.51.100.0/24"],
  ],
  [
    "DShield: first and last address of each network in columns of their own",
    "#\n# DShield.org Recommended Block List\n#\nStart\tEnd\tNetmask\tAttacks\tName\tCountry\temail\n" +
      "203.0.113.0\t203.0.113.255\t24\t2034\tEXAMPLE-NET\tUS\tabuse@example.com\n" +
      "198.51.100.0\t198.51.100.255\t24\t1999\t\t\t\n",
    { delimiter: "\t", header: true, valueColumns: [1] },
    ["203.0.113.0/24", "198.51.100.0/24"],
  ],
  [
    "Bambenek: comments at both ends, a link to a manual in every row",
    `${"#".repeat(20)}\n## Master feed\nevil.example.com,Domain used by matsnu,2026-11-24 08:03,http://osint.example.org/manual/matsnu.txt\n` +
      "bad.example.com,Domain used by necurs,2026-11-24 08:03,http://osint.example.org/manual/necurs.txt\n## END\n",
    { valueColumns: [1], columns: { comment: 2, firstSeen: 3 } },
    ["evil.example.com", "bad.example.com"],
  ],
  [
    "a CSV export of MISP: composites, quotes in quotes, a cell of two lines",
    "uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag\n" +
      '"5f0c1e00-0001-4b0b-8c0c-000000000001",1,"Network activity","ip-dst|port","203.0.113.9|443","",1,1606224000,"","tlp:amber"\n' +
      `"5f0c1e00-0002-4b0b-8c0c-000000000001",1,"Payload delivery","filename|sha256","a b.exe|${SHA256}","x ""y"" z",1,1606224000,"",""\n` +
      `"5f0c1e00-0003-4b0b-8c0c-000000000001",1,"Payload delivery","filename|imphash","a.exe|${MD5}","",1,1606224000,"",""\n` +
      '"5f0c1e00-0004-4b0b-8c0c-000000000001",1,"Network activity","domain|ip","evil.example.com|203.0.113.7","",1,1606224000,"",""\n' +
      '"5f0c1e00-0005-4b0b-8c0c-000000000001",1,"External analysis","link","https://blog.example.com/x","",0,1606224000,"",""\n' +
      '"5f0c1e00-0006-4b0b-8c0c-000000000001",1,"Network activity","hostname","c2.example.com","two\nlines",1,1606224000,"",""\n',
    {
      header: true,
      valueColumns: [5],
      columns: { type: 4, comment: 6, firstSeen: 8, tlp: 10, threatType: 3 },
    },
    [
      "203.0.113.9",
      SHA256,
      "(unsupported_type)",
      "evil.example.com 203.0.113.7",
      "(unsupported_type)",
      "c2.example.com",
    ],
  ],
  [
    "address and port in columns of their own",
    "ip,port,proto\n203.0.113.7,443,tcp\n2001:db8::1,8080,tcp\n",
    { header: true, valueColumns: [1] },
    ["203.0.113.7", "2001:db8::1"],
  ],
  [
    "hashes in capitals",
    `MD5,SHA1,SHA256\n${MD5.toUpperCase()},${SHA1.toUpperCase()},${SHA256.toUpperCase()}\n`,
    { header: true, valueColumns: [1, 2, 3] },
    [`${MD5} ${SHA1} ${SHA256}`],
  ],
  [
    "brackets, quotes and harmless spellings around values",
    "[203.0.113.7]\n<http://evil.example.com/a>\n'203.0.113.8'\n(evil.example.com)\nevil[.]example[.]com\nHXXPS://EVIL[.]example.com/A\n",
    { valueColumns: [1] },
    [
      "203.0.113.7",
      "http://evil.example.com/a",
      "203.0.113.8",
      "evil.example.com",
      "evil.example.com",
      "https://evil.example.com/A",
    ],
  ],
  [
    "NUL bytes behind values and in lines of their own",
    "203.0.113.7\0\n\0\0\nevil.example.com\0,x\n203.0.113.8,\0\n",
    { valueColumns: [1], header: false },
    ["203.0.113.7", "evil.example.com", "203.0.113.8"],
  ],
  [
    "a first line that tells Excel how the sheet is cut",
    "sep=;\r\nvalue;note\r\nevil.example.com;a\r\nbad.example.com;b\r\n",
    { delimiter: ";", header: true, names: ["value", "note"] },
    ["evil.example.com", "bad.example.com"],
  ],
  [
    "two bars between the cells",
    "evil.example.com||2026-11-24||note, with comma\nbad.example.com||2026-11-23||note\n",
    { delimiter: "||", valueColumns: [1], columns: { firstSeen: 2 } },
    ["evil.example.com", "bad.example.com"],
  ],
  [
    "one bar between the cells, some empty",
    "evil.example.com||x\nbad.example.com|2026-11-23|y\n",
    { delimiter: "|", valueColumns: [1] },
    ["evil.example.com", "bad.example.com"],
  ],
  [
    "two colons between the cells",
    "evil.example.com :: malware\nbad.example.com :: phish\n",
    { delimiter: "::", valueColumns: [1] },
    ["evil.example.com", "bad.example.com"],
  ],
  [
    "a table of Markdown",
    "| value | note |\n| --- | --- |\n| 203.0.113.7 | a |\n| evil.example.com | b |\n",
    { delimiter: "|", header: true, valueColumns: [2] },
    ["(not_an_indicator)", "203.0.113.7", "evil.example.com"],
  ],
  [
    "line ends of old Macintosh programs",
    "value,note\revil.example.com,a\rbad.example.com,b\r",
    { header: true, valueColumns: [1] },
    ["evil.example.com", "bad.example.com"],
  ],
  [
    "a page's frame around the list",
    "<pre>\nVX Vault last 100 Links\nhttp://evil.example.com/a.exe\nhttp://203.0.113.7/b.exe\n</pre>\n",
    { header: false, valueColumns: [1] },
    [
      "(not_an_indicator)",
      "(not_an_indicator)",
      "http://evil.example.com/a.exe",
      "http://203.0.113.7/b.exe",
      "(not_an_indicator)",
    ],
  ],
  [
    "rows longer and shorter than the header",
    "value,type,note\nevil.example.com\nbad.example.com,domain\nc.example.com,domain,n,more,more\n,,\n",
    { header: true, valueColumns: [1] },
    ["evil.example.com", "bad.example.com", "c.example.com"],
  ],
];

describe("the shapes of published lists", () => {
  it.each(SHAPES)("%s", async (_name, list, proposal, values) => {
    const found = await read(list);

    expect(found).toMatchObject(proposal);
    expect(found.values).toEqual(values);
  });

  it.each([
    ["utf-8", Uint8Array.from([0xef, 0xbb, 0xbf])],
    ["utf-16le", null],
    ["windows-1252", Uint8Array.from([0xfc])],
    ["macintosh", Uint8Array.from([0x9f])],
  ])("a sheet in %s", async (encoding, mark) => {
    const umlaut = mark && encoding !== "utf-8" ? mark : utf8("ü");
    const cells = [utf8("value;note\r\nevil.example.com;b"), umlaut, utf8("cher\r\n203.0.113.7;x\r\n")];
    const sheet = Buffer.concat(encoding === "utf-8" && mark ? [mark, ...cells] : cells);
    const bytes = encoding === "utf-16le" ? Buffer.from(`\uFEFF${sheet.toString()}`, "utf16le") : sheet;

    const found = await read(bytes);

    expect(found).toMatchObject({ encoding, delimiter: ";", header: true, columns: { comment: 2 } });
    expect(found.values).toEqual(["evil.example.com", "203.0.113.7"]);
    const [row] = await parse(bytes, { delimiter: ";", header: true, columns: { comment: 2 } });
    expect(row?.candidates).toMatchObject([{ comment: "bücher" }]);
  });
});

describe("columns by name", () => {
  const comment = '# "first_seen","ioc_value","ioc_type"\n"2026-11-24", "203.0.113.9:443", "ip:port"\n';

  it.each([
    ["in the first row", "First_Seen,IOC_value\n2026-11-24,203.0.113.9\n"],
    ["in a comment before it", comment],
    ["in a comment that says so first", "#fields\tfirst_seen\tioc_value\n2026-11-24\t203.0.113.9\n"],
    ["in both", `# ioc_value,first_seen\n#\nfirst_seen,ioc_value\n2026-11-24,203.0.113.9\n`],
  ])("are found %s", async (_where, list) => {
    const delimiter = list.includes("\t") ? "\t" : ",";
    const csv = {
      delimiter,
      header: true,
      valueColumns: ["ioc_value"],
      columns: { firstSeen: "first_seen" },
    };

    expect(await parse(utf8(list), csv)).toMatchObject([
      { candidates: [{ value: "203.0.113.9", firstSeen: new Date("2026-11-24") }] },
    ]);
  });

  it("are missed with words when neither has them", async () => {
    const csv = { header: true, valueColumns: ["url"] };

    await expect(parse(utf8(comment), csv)).rejects.toThrow("The list has no column “url”.");
  });
});

describe("csvFormat", () => {
  it.each([
    ["||", "evil.example.com||a||b"],
    ["||", '"evil.example.com"||"a||b"||"c"'],
    ["<->", "evil.example.com<->a"],
    [", ", 'evil.example.com, "a, b"'],
    [String.raw`\t`, "evil.example.com\ta"],
    [String.raw`\t`, '"evil.example.com"\t"a\tb"'],
    ["::", "evil.example.com::2001:db8::1"],
  ])("cuts at %j", async (delimiter, list) => {
    const [row] = await parse(utf8(list), { delimiter });

    expect(row?.candidates).toMatchObject([{ ok: true, value: "evil.example.com" }]);
  });

  it("takes for a comment what begins so behind blanks, but not what a cell holds", async () => {
    const rows = await parse(utf8("  # evil.example.com\n#x\nbad.example.com,#tag\n"), {});

    expect(rows.map(valuesOf)).toEqual(["bad.example.com"]);
  });

  it("does not take an empty first row for the header", async () => {
    const rows = await parse(utf8(",,\nvalue,note,x\nevil.example.com,a,b\n"), {
      header: true,
      valueColumns: ["value"],
    });

    expect(rows.map(valuesOf)).toEqual(["evil.example.com"]);
  });

  it.each([
    ["203.0.113.7 203.0.113.8", "203.0.113.7 203.0.113.8"],
    ['"evil.example.com\nbad.example.com"', "evil.example.com bad.example.com"],
    ['"203.0.113.7; 203.0.113.8"', "203.0.113.7 203.0.113.8"],
    ["203.0.113.7 # seen twice", "203.0.113.7"],
    ["see evil.example.com", "(not_an_indicator)"],
    ["203.0.113.9|443", "203.0.113.9"],
    [`cmd.exe|${MD5}`, MD5],
    ["evil.example.com|nothing", "(not_an_indicator)"],
    ["http://evil.example.com/a|b", "http://evil.example.com/a|b"],
    ["203.0.113.9|99999", "(not_an_indicator)"],
  ])("reads the cell %s as %s", async (cell, values) => {
    const rows = await parse(utf8(`${cell}\n`), {});

    expect(rows.map(valuesOf)).toEqual([values]);
  });

  it("has no row for a million empty ones", async () => {
    const row = utf8(`${",".repeat(29)}\r\n`.repeat(1_000));
    const sheet = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(utf8(`value${",x".repeat(29)}\r\nevil.example.com${",".repeat(29)}\r\n`));
      for (let block = 0; block < 1_000; block += 1) yield row;
      yield utf8("bad.example.com\r\n");
    };
    const rows: ParsedRow[] = [];
    const csv = csvSettingsSchema.parse({ header: true, valueColumns: ["value"] });
    for await (const batch of csvFormat.parse(sheet(), { csv, exclusionRegex: null })) rows.push(...batch);

    expect(rows.map(({ line }) => line)).toEqual([2, 1_000_003]);
  });
});
