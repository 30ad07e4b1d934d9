import { describe, expect, it } from "vitest";

import { gatherCandidates } from "./candidates";
import { createDoubt } from "./doubts";
import type { Report } from "./report";

const reportOf = (text: string, more: Partial<Report> = {}): Report => ({
  parts: [{ name: null, text }],
  mail: null,
  files: [],
  notes: [],
  ...more,
});

/** Each value with what makes it likely benign; null for one that speaks for itself. */
const doubtsOf = (report: Report): Record<string, string | null> => {
  const { candidates } = gatherCandidates(report);
  const doubt = createDoubt(report, candidates);
  return Object.fromEntries(candidates.map((candidate) => [candidate.value, doubt(candidate)]));
};

describe("a report's author", () => {
  it("is who stands behind “Source:”, with every name below the same one", () => {
    expect(
      doubtsOf(
        reportOf(
          "Source: https://blog.acme-threats.com/2026/loader\nC2: evil-c2[.]net\nMore at https://acme-threats.com/feed",
        ),
      ),
    ).toEqual({
      "https://blog.acme-threats.com/2026/loader": "The report’s own site: it stands behind “Source”.",
      "evil-c2.net": null,
      "https://acme-threats.com/feed": "The report’s own site: it stands behind “Source”.",
    });
  });

  it("is who is linked to most while what is bad is defanged", () => {
    const doubts = doubtsOf(
      reportOf(
        [
          "https://acme-threats.com/a https://acme-threats.com/b",
          "https://acme-threats.com/c https://other-news.com/x",
          "hxxps://evil-c2[.]net/login",
        ].join("\n"),
      ),
    );
    expect(doubts["https://acme-threats.com/b"]).toContain("3 of 4 live ones");
    expect(doubts["https://other-news.com/x"]).toBeNull();
    expect(doubts["https://evil-c2.net/login"]).toBeNull();
  });

  it("is nobody by links alone where nothing is defanged: the links may be what the text is about", () => {
    const doubts = doubtsOf(reportOf("http://evil-c2.net/a\nhttp://evil-c2.net/b\nhttp://evil-c2.net/c"));
    expect(Object.values(doubts)).toEqual([null, null, null]);
  });

  it("is no site of which anything is defanged, whatever the text calls it", () => {
    expect(doubtsOf(reportOf("Source: http://evil-c2.net/a\nblock evil-c2[.]net"))).toEqual({
      "http://evil-c2.net/a": null,
      "evil-c2.net": null,
    });
  });

  it("is who signs, and not another tenant of the same host", () => {
    const doubts = doubtsOf(
      reportOf(
        "login-page.github[.]io\nother-page.github.io is ours\n\nBest regards,\nKim\nkim@acme-threats.com\nother-page.github.io",
      ),
    );
    expect(doubts).toEqual({
      "login-page.github.io": null,
      "other-page.github.io": "The author’s own site: it stands in the signature.",
      "kim@acme-threats.com": "The author’s own site: it stands in the signature.",
    });
  });
});

describe("an e-mail", () => {
  const mail = { recipients: ["Anna@Victim-Corp.com"], receivedBy: ["mx1.victim-host.net", "45.155.205.9"] };

  it("was not sent by those who got it", () => {
    const text =
      "From: boss@lure-site.com\nTo: anna@victim-corp.com\nhttps://portal.victim-corp.com/ 45.155.205.9 45.155.205.10 mx1.victim-host.net";
    expect(doubtsOf(reportOf(text, { mail }))).toEqual({
      "boss@lure-site.com": null,
      "anna@victim-corp.com": "The e-mail was sent to this address.",
      "https://portal.victim-corp.com/": "It belongs to whoever the e-mail was sent to.",
      "45.155.205.9": "A server that took the e-mail in.",
      "45.155.205.10": null,
      "mx1.victim-host.net": "A server that took the e-mail in.",
    });
  });

  it("does not clear its sender by its own signature", () => {
    expect(doubtsOf(reportOf("Pay here\n\nRegards,\nkim@lure-site.com", { mail }))).toEqual({
      "kim@lure-site.com": null,
    });
  });

  it("brings its files by their hashes, pictures in the text apart", () => {
    const [invoice, logo] = ["a1".repeat(32), "b2".repeat(32)];
    const files = [
      { name: "invoice #7.zip", sha256: invoice, isPicture: false },
      { name: "logo.png", sha256: logo, isPicture: true },
    ];
    expect(doubtsOf(reportOf("", { mail, files }))).toEqual({
      [invoice]: null,
      [logo]: "A picture within the text of the e-mail (logo.png).",
    });
  });

  it("tells the addresses behind To: of a mail that was copied as text", () => {
    expect(doubtsOf(reportOf("From: x@lure-site.com\nTo: Anna <anna@victim-corp.com>"))).toMatchObject({
      "x@lure-site.com": null,
      "anna@victim-corp.com": "The e-mail was sent to this address.",
    });
  });
});

describe("a file's name", () => {
  it("is doubted where it stands alone and live", () => {
    const doubts = doubtsOf(reportOf("ran setup.py and dropped stage.zip\nevil[.]zip"));
    expect(doubts["setup.py"]).toContain("name of a file");
    expect(doubts["stage.zip"]).toContain("name of a file");
    expect(doubts["evil.zip"]).toBeNull();
  });
});

describe("a value that is mentioned often", () => {
  it("is one candidate, shown where it is defanged", () => {
    const { candidates } = gatherCandidates(
      reportOf("first evil-c2.net\nthen evil-c2[.]net\nand evil-c2.net again"),
    );
    expect(candidates).toMatchObject([
      {
        value: "evil-c2.net",
        mentions: 3,
        isDefanged: true,
        mention: { line: 2, original: "evil-c2[.]net", context: "then evil-c2[.]net" },
      },
    ]);
  });
});

describe("what only looks like an indicator", () => {
  it("is a version where every line that has it says so, and an address where one does not", () => {
    expect(
      doubtsOf(
        reportOf("Version 91.2.3.4 of the tool\nFirmware: 91.2.3.5\nC2 91.2.3.6, seen with v91.2.3.6"),
      ),
    ).toEqual({
      "91.2.3.4": "It may be a version: every line that has it says so before it.",
      "91.2.3.5": "It may be a version: every line that has it says so before it.",
      "91.2.3.6": null,
    });
  });

  it("is what readers are pointed to, unless it is defanged", () => {
    const doubts = doubtsOf(
      reportOf(
        "References: https://github.com/acme/report and hxxps://evil-c2[.]net/kit\nDropper https://evil-c3.net/a",
      ),
    );
    expect(doubts["https://github.com/acme/report"]).toContain("References");
    expect(doubts["https://evil-c2.net/kit"]).toBeNull();
    expect(doubts["https://evil-c3.net/a"]).toBeNull();
  });
});
