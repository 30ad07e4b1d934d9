import { describe, expect, it } from "vitest";

import { detectCsv } from "./detect";

const detect = (...lines: string[]) => detectCsv(new TextEncoder().encode(lines.join("\n")));

describe("detectCsv", () => {
  it("proposes the settings of a list with a header row", () => {
    expect(
      detect(
        "date,type,indicator,tlp,reference,description",
        "2026-01-01,domain,evil.com,white,https://blog.example.com/1,Some words",
        "2026-01-02,ip,203.0.113.7,green,https://blog.example.com/2,Some words",
        "2026-01-03,url,hxxp://bad[.]com/,white,https://blog.example.com/3,Some words",
      ),
    ).toEqual({
      encoding: "utf-8",
      delimiter: ",",
      header: true,
      commentPrefixes: [],
      names: ["date", "type", "indicator", "tlp", "reference", "description"],
      valueColumns: [3],
      columns: { firstSeen: 1, type: 2, tlp: 4, comment: 6 },
    });
  });

  it("proposes settings by content alone where there are no names", () => {
    expect(
      detect(
        "5/11/2020 1:38:47 PM;evil.com;domain;white;Phish;Seen in a campaign",
        "5/12/2020 1:38:47 PM;bad.com;domain;white;Malware;Seen in another one",
        "5/13/2020 1:38:47 PM;worse.com;domain;white;Phish;Seen in a third one",
      ),
    ).toMatchObject({
      delimiter: ";",
      header: false,
      valueColumns: [2],
      columns: { firstSeen: 1, type: 3, tlp: 4, threatType: 5, comment: 6 },
    });
  });

  it("takes further hash columns for the same file, and the names out of a comment", () => {
    const [md5, sha1] = ["44d88612fea8a8f36de82e1278abb02f", "3395856ce81f2b7382dee72602f798b642f14140"];
    const row = (digit: string) => `2026-01-01\t${sha1.slice(1)}${digit}\t${md5.slice(1)}${digit}`;

    expect(detect("# made by hand", "#fields\tfirst_seen\tsha1\tmd5", row("1"), row("2"))).toMatchObject({
      delimiter: "\t",
      commentPrefixes: ["#"],
      names: ["first_seen", "sha1", "md5"],
      valueColumns: [2, 3],
      columns: { firstSeen: 1 },
    });
  });

  it("takes a plain list for one column", () => {
    expect(detect("; comment", "evil.com", "bad.com")).toMatchObject({
      delimiter: ",",
      header: false,
      commentPrefixes: [";"],
      valueColumns: [1],
    });
  });

  it("knows a list in another encoding", () => {
    expect(detectCsv(Uint8Array.from([0x65, 0x2e, 0x63, 0x6f, 0x6d, 0x2c, 0xfc])).encoding).toBe(
      "windows-1252",
    );
  });

  it("proposes nothing for an empty body", () => {
    expect(detectCsv(new Uint8Array())).toMatchObject({ header: false, valueColumns: [], columns: {} });
  });
});
