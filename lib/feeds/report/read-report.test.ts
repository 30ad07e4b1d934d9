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
    expect(htmlToText(html)).toEqual({ text, unclosed: null });
  });

  const LINK = '<a href="http://x-lure.com/1">x</a>';
  it.each([
    ["a head without an end", `<head><title>t</title>${LINK}`],
    ["an empty comment", `<!-->${LINK}`],
    ["an empty comment with a hyphen", `<!--->${LINK}`],
    ["a comment ended with an exclamation mark", `<!-- a --!>${LINK}`],
    ["a comment in an attribute", `<b title="<!--"></b>${LINK}<b title="-->"></b>`],
    ["a comment behind the end of a tag in an attribute", `<b title="> <!--"></b>${LINK}<b title="-->"></b>`],
    ["the end of a style with an attribute", `<style></style x>${LINK}`],
  ])("does not lose a link behind %s", (_what, html) => {
    const { text, unclosed } = htmlToText(html);
    expect(text).toContain("http://x-lure.com/1");
    expect(unclosed).toBeNull();
  });

  it("keeps half a tag as it is written", () => {
    expect(htmlToText('a <a href="http://x-lure.com/1').text).toContain("http://x-lure.com/1");
  });

  it.each([
    ["<!-- http://no.com", "a comment"],
    ["<STYLE>a <a>", "<style>"],
    ["<script></scripty>", "<script>"],
  ])("says what nobody closed in %j", (html, unclosed) => {
    expect(htmlToText(`t ${html}`)).toEqual({ text: "t", unclosed });
  });

  it.each(["<a", "<!x", "<!--", "<style", "</style ", "<a =", "<a='", '="', "&#", "--!"])(
    "takes no longer for a page of nothing but %j",
    (opener) => {
      for (const before of ["", "<a ", "<style>", "<!--"]) {
        const started = performance.now();
        htmlToText(before + opener.repeat(300_000));
        expect(performance.now() - started).toBeLessThan(3_000);
      }
    },
  );
});

describe("an e-mail of HTML", () => {
  const mailOf = (html: string) =>
    readReport(`From: a@b-lure.com\nTo: c@d-lure.com\nMIME-Version: 1.0\nContent-Type: text/html\n\n${html}`);

  it("is noted when something in it is never closed", async () => {
    const { notes } = await mailOf("<p>t</p><!-- <a href=http://x-lure.com>");
    expect(notes).toEqual([expect.stringContaining("a comment is never closed")]);
  });

  it("is refused when it is longer than is read at once", async () => {
    await expect(mailOf("<br>".repeat(500_001))).rejects.toThrow("at most 2,000,000 are read at once");
  });
});
