import { describe, expect, it } from "vitest";

import { gatherCandidates } from "@/lib/domain/report/candidates";

import { htmlToText } from "./html-text";
import { readReport } from "./read-report";

const base64 = (text: string): string => Buffer.from(text).toString("base64").replaceAll(/.{60}/g, "$&\r\n");

const MAIL = [
  "Received: from relay.lure-site.com (relay.lure-site.com [45.155.205.7])",
  "\tby mx1.victim-corp.com (Postfix) with ESMTPS id 4F2A for <anna@victim-corp.com>;",
  "\tSat, 28 Nov 2026 09:00:00 +0000",
  "DKIM-Signature: v=1; a=rsa-sha256; d=lure-site.com; s=k1; b=abc",
  "From: =?utf-8?B?R2Vzw6RydMO8bQ==?= <boss@lure-site.com>",
  "Reply-To: collector@other-lure.net",
  "To: anna@victim-corp.com",
  "Subject: Your =?utf-8?Q?parcel_at_bad=2Dparcel=2Enet?=",
  "Message-ID: <1@lure-site.com>",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="outer"',
  "",
  "--outer",
  'Content-Type: multipart/alternative; boundary="inner"',
  "",
  "--inner",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Please sign in at http://quoted-lure.net/login?user=3Danna=",
  "&x=3D1 now",
  "--inner",
  "Content-Type: text/html; charset=utf-8",
  "Content-Transfer-Encoding: base64",
  "",
  base64('<p>Sign in at <a href="https://hidden-lure.net/a?b=1&amp;c=2">victim-corp.com</a></p>'),
  "--inner--",
  "--outer",
  'Content-Type: application/zip; name="invoice.zip"',
  "Content-Disposition: attachment; filename=invoice.zip",
  "Content-Transfer-Encoding: base64",
  "",
  base64("not really a zip"),
  "--outer",
  "Content-Type: message/rfc822",
  "",
  "From: first@forwarded-lure.com",
  "To: anna@victim-corp.com",
  "Subject: inner",
  "Content-Type: text/plain",
  "",
  "go to http://inner-lure.net/x",
  "--outer--",
  "",
].join("\r\n");

describe("a raw e-mail", () => {
  it.each([
    ["pasted", MAIL],
    ["as a file", new TextEncoder().encode(MAIL)],
  ])("is read with its encodings undone, %s", async (_how, source) => {
    const report = await readReport(source);
    const { candidates } = gatherCandidates({ ...report, files: [] });
    const values = candidates.map(({ value, mention }) => [value, mention.part]);

    expect(values).toEqual(
      expect.arrayContaining([
        ["45.155.205.7", "Header"],
        ["boss@lure-site.com", "Header"],
        ["collector@other-lure.net", "Header"],
        ["bad-parcel.net", "Header"],
        ["http://quoted-lure.net/login?user=anna&x=1", "Text"],
        ["https://hidden-lure.net/a?b=1&c=2", "HTML"],
        ["first@forwarded-lure.com", "Attached e-mail: Header"],
        ["http://inner-lure.net/x", "Attached e-mail: Text"],
      ]),
    );
    expect(report.mail?.recipients).toContain("anna@victim-corp.com");
    expect(report.mail?.receivedBy).toContain("mx1.victim-corp.com");
    expect(report.files).toMatchObject([{ name: "invoice.zip", isPicture: false }]);
    expect(Buffer.from(report.files[0]?.bytes ?? []).toString()).toBe("not really a zip");
    expect(report.notes).toEqual(["Not read, since they are technical: DKIM-Signature."]);
  });

  it.each([
    ["a report", "Summary: a loader\nSource: https://vendor.com\nDate: today\nC2: evil[.]com"],
    ["a list", "evil.com\nbad.com"],
    ["nothing", ""],
  ])("is not seen in %s", async (_what, text) => {
    expect(await readReport(text)).toEqual({
      parts: [{ name: null, text }],
      mail: null,
      files: [],
      notes: [],
    });
  });
});

describe("htmlToText", () => {
  it.each([
    ["<p>a <b>b</b></p><p>c</p>", "a b\nc"],
    ['<a href="http://x-lure.com/1">x</a>', "<http://x-lure.com/1> x"],
    ["<a href=http://x-lure.com/1>x</a>", "<http://x-lure.com/1> x"],
    ['<img src="https://track-lure.com/p.gif">', "<https://track-lure.com/p.gif>"],
    ["<style>a{background:url(http://no.com)}</style>t", "t"],
    ["<!-- http://no.com -->t", "t"],
    ["evil&#46;com &amp;&#x41;", "evil.com &A"],
    ["1 < 2 <", "1 < 2 <"],
  ])("of %j is %j", (html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  it("takes no longer for a hostile page", () => {
    const started = performance.now();
    htmlToText("<style".repeat(60_000) + "<a =".repeat(60_000) + "<!--".repeat(60_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
