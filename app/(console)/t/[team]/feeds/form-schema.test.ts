import { describe, expect, it } from "vitest";

import { readForm } from "@/lib/actions/read-form";

import { feedFormSchema, feedPreviewFormSchema } from "./form-schema";

const FIELDS: Readonly<Record<string, string>> = {
  team: "team-a",
  enabled: "true",
  kind: "csv",
  name: "Microsoft COVID-19",
  url: "https://example.com/list.csv",
  everyMinutes: "60",
  visibility: "team",
  removal: "mirror",
  expiryDays: "",
  confidence: "50",
  tlp: "amber",
  tags: "covid\r\n\r\n phishing \r\n",
  shrinkLimitPercent: "20",
  exclusionRegex: "",
  "auth.type": "none",
  "csv.delimiter": ",",
  "csv.valueColumns": "2, ioc",
  "csv.header": "on",
  "csv.commentPrefixes": "# //",
  "csv.encoding": "auto",
  "csv.columns.comment": "7",
  "csv.columns.threatType": " ",
};

const formOf = (changes: Readonly<Record<string, string | readonly string[]>> = {}) => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...FIELDS, ...changes }))
    for (const one of [value].flat()) form.append(name, one);
  return readForm(form);
};

const refusalOf = (changes: Parameters<typeof formOf>[0]) =>
  feedFormSchema
    .safeParse(formOf(changes))
    .error?.issues.map(({ path, message }) => [path.join("."), message]);

describe("the form of a feed", () => {
  it.each([
    ["0.05", 0.05],
    ["1,5", 1.5],
    ["60", 60],
  ])("takes %s minutes for a run, as the API does", (maxMinutes, minutes) => {
    const { feed } = feedFormSchema.parse(formOf({ "limits.maxMinutes": maxMinutes, "limits.maxRows": "" }));

    expect(feed.limits).toMatchObject({ maxMinutes: minutes, maxRows: 10_000_000 });
    expect(refusalOf({ "limits.maxMinutes": "soon" })).toEqual([["limits.maxMinutes", "Give a number."]]);
    expect(refusalOf({ "limits.maxRows": "1.5" })).toEqual([["limits.maxRows", "Give a whole number."]]);
  });

  it("becomes a feed as the contract knows it", () => {
    const { feed } = feedFormSchema.parse(formOf());

    expect(feed).toMatchObject({
      kind: "csv",
      everyMinutes: 60,
      expiryDays: null,
      tags: ["covid", "phishing"],
      exclusionRegex: null,
      auth: { type: "none" },
      headers: {},
      csv: {
        delimiter: ",",
        valueColumns: [2, "ioc"],
        header: true,
        commentPrefixes: ["#", "//"],
        columns: { comment: 7 },
      },
    });
  });

  it("takes a TAB, a blank and the absence of a schedule for what they are", () => {
    const { feed } = feedFormSchema.parse(formOf({ "csv.delimiter": String.raw`\t`, everyMinutes: "" }));

    expect(feed.csv.delimiter).toBe("\t");
    expect(feed.everyMinutes).toBeNull();
    expect(feedFormSchema.parse(formOf({ "csv.delimiter": " " })).feed.csv.delimiter).toBe(" ");
  });

  it("reads no table where the format is text, and keeps its comments", () => {
    const { feed } = feedFormSchema.parse(formOf({ kind: "freetext" }));

    expect(feed.csv).toMatchObject({ valueColumns: [1], columns: {}, commentPrefixes: ["#", "//"] });
  });

  it.each([
    ["confidence", { confidence: "very" }, "Give a whole number."],
    ["confidence", { confidence: "101" }, "At most 100."],
    ["everyMinutes", { everyMinutes: "1" }, "No more often than every five minutes."],
    ["url", { url: "example.com" }, "Give an http or https address."],
    [
      "url",
      { url: "https://me:secret@example.com/list.csv" },
      "Put the user name and password under “Sign-in and headers”, not into the address.",
    ],
    ["name", { name: " " }, "Give the feed a name."],
    ["auth.token", { "auth.type": "bearer", "auth.token": "" }, "Give the token."],
    [
      "headers",
      { headerName: "X Y", headerValue: "1" },
      "A header's name has letters, digits and dashes only.",
    ],
  ])("says under %s what is wrong with it", (field, changes, message) => {
    expect(refusalOf(changes)).toStrictEqual([[field, message]]);
  });

  it("takes each line for a tag, commas and all", () => {
    const tag = 'misp-galaxy:threat-actor="A, B"';

    expect(feedFormSchema.parse(formOf({ tags: `${tag}\r\ntwo` })).feed.tags).toStrictEqual([tag, "two"]);
  });

  it.each([
    ["", "on", { growthFactor: 10, typeMix: true }],
    ["", undefined, { growthFactor: 10, typeMix: false }],
    ["0", "on", { growthFactor: 0, typeMix: true }],
    ["3", undefined, { growthFactor: 3, typeMix: false }],
  ])("with the growth limit %j and the types' mix %s has each as it says", (growthFactor, mix, guards) => {
    const { feed } = feedFormSchema.parse(
      formOf({ growthFactor, ...(mix !== undefined && { typeMix: mix }) }),
    );

    expect(feed.guards).toStrictEqual(guards);
  });

  it("reads the days of single types, however they are put down", () => {
    const { feed } = feedFormSchema.parse(formOf({ expiryDaysByType: " IPv4 7, domain: 30,sha256=400 " }));

    expect(feed.expiryDaysByType).toStrictEqual({ ipv4: 7, domain: 30, sha256: 400 });
    expect(feedFormSchema.parse(formOf()).feed.expiryDaysByType).toStrictEqual({});
  });

  it.each([
    ["ipv4", "Give a whole number."],
    ["ipv4 0", "At least 1."],
    ["ipv4 4000", "At most 3650."],
  ])("says at their field what is wrong with the days %j", (expiryDaysByType, message) => {
    expect(refusalOf({ expiryDaysByType })).toStrictEqual([["expiryDaysByType", message]]);
  });

  it("knows no other types", () => {
    expect(refusalOf({ expiryDaysByType: "address 7" })).toEqual([
      ["expiryDaysByType", expect.stringMatching(/^There is no type “address”\. The types are ipv4, ipv6, /)],
    ]);
  });

  it("puts each header's value beside its own name, though another name is blank", () => {
    const { feed } = feedFormSchema.parse(
      formOf({ headerName: ["", "X-Api-Key"], headerValue: ["", "seven"] }),
    );

    expect(feed.headers).toStrictEqual({ "X-Api-Key": "seven" });
  });

  it("does not look at the secrets of a form that keeps the stored ones", () => {
    const kept = feedFormSchema.parse(
      formOf({ keepsSecrets: "true", "auth.type": "bearer", "auth.token": "" }),
    );

    expect(kept).toMatchObject({ keepsSecrets: true, feed: { auth: { type: "none" }, headers: {} } });
  });

  it("needs no name for a preview, and reads bytes that were fetched already", () => {
    const previewId = "3f0c0f0e-6c1c-4d43-9c7e-2f6d1f5b0a51";
    const { feed } = feedPreviewFormSchema.parse(formOf({ name: "", previewId }));

    expect(feed).toMatchObject({ previewId });
  });
});
