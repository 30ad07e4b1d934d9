import { describe, expect, it } from "vitest";

import { encodeCursor } from "@/lib/api/cursor";

import {
  findUnread,
  listHref,
  listParamsSchema,
  pageHrefs,
  toChips,
  toCursor,
  toFilter,
} from "./list-params";

const BASE = "/t/team-a/indicators";
const TEAM = "3f0c0f0e-6c1c-4d43-9c7e-2f6d1f5b0a51";
const NOBODY = { feeds: [], people: [] };
const parse = (params: Record<string, string | string[] | undefined>) => listParamsSchema.parse(params);
const paramsOf = (href: string | undefined) =>
  parse(Object.fromEntries(new URL(href ?? BASE, "http://x").searchParams));

describe("the address of the list", () => {
  it("falls back wherever it was edited by hand", () => {
    const params = parse({
      type: "ipv5",
      feed: "7",
      tlp: "pink",
      state: ["gone", "lost"],
      minConfidence: "101",
      expiringWithinDays: "soon",
      addedBy: "me",
      sort: "magic",
    });

    expect(toFilter(params)).toStrictEqual({ sort: "-addedAt" });
  });

  it("names what it asks for that the list does not know, so that nobody takes all for some", () => {
    expect(findUnread({ type: "bogus,url", feed: "7", minConfidence: "abc", q: "x".repeat(3_000) })).toEqual([
      "q “" + "x".repeat(39) + "…”",
      "type “bogus”",
      "feed “7”",
      "minConfidence “abc”",
    ]);
    expect(
      findUnread({ type: ["url", "ipv4"], minConfidence: "70", q: "", sort: "magic", cursor: "?" }),
    ).toEqual([]);
  });

  it("takes a cursor that is not ours for the first page", () => {
    expect(toCursor(parse({ cursor: "abc" }))).toBeNull();
    expect(toCursor(parse({ cursor: encodeCursor(["a", "1; DROP", TEAM]) }))).toBeNull();
    expect(toCursor(parse({ cursor: encodeCursor(["a", "1", TEAM]) }))).toStrictEqual({
      key: "a",
      id: "1",
      team: TEAM,
    });
  });

  it("starts at the first page when it is narrowed or sorted otherwise", () => {
    const params = parse({ q: "bad", cursor: "c2", trail: "c1" });

    expect(listHref(BASE, params, { sort: "value" })).toBe(`${BASE}?q=bad&sort=value`);
  });

  it("is bare without filters in the usual order", () => {
    expect(listHref(BASE, parse({ sort: "-addedAt" }), {})).toBe(BASE);
  });

  it("leads forward and back through the same pages", () => {
    const first = parse({ type: "ipv4" });
    expect(pageHrefs(BASE, first, "c1")).toStrictEqual({
      nextHref: `${BASE}?type=ipv4&sort=-addedAt&cursor=c1`.replace("&sort=-addedAt", ""),
    });

    const second = paramsOf(pageHrefs(BASE, first, "c1").nextHref);
    const third = paramsOf(pageHrefs(BASE, second, "c2").nextHref);
    expect(third).toMatchObject({ type: ["ipv4"], cursor: "c2", trail: "c1" });

    expect(paramsOf(pageHrefs(BASE, third, null).previousHref)).toMatchObject({ cursor: "c1" });
    expect(paramsOf(pageHrefs(BASE, second, null).previousHref).cursor).toBeUndefined();
    expect(pageHrefs(BASE, third, null).nextHref).toBeUndefined();
  });
});

describe("the filters in force", () => {
  it("are said in words, each with the view without it", () => {
    const chips = toChips(BASE, parse({ type: "ipv4", tlp: "amber+strict" }), NOBODY);

    expect(chips).toStrictEqual([
      { label: "Type", value: "IPv4 address", removeHref: `${BASE}?tlp=amber%2Bstrict` },
      { label: "TLP", value: "TLP:AMBER+STRICT", removeHref: `${BASE}?type=ipv4` },
    ]);
  });

  it("are one chip for each of several choices, and each leaves the others", () => {
    const people = [{ id: TEAM, name: "Ann" }];
    const chips = toChips(BASE, parse({ type: "ipv4,ipv6,ipv4", minConfidence: "75", addedBy: TEAM }), {
      feeds: [],
      people,
    });

    expect(chips.map(({ label, value }) => `${label}: ${value}`)).toStrictEqual([
      "Type: IPv4 address",
      "Type: IPv6 address",
      "Confidence: 75 or more",
      "Added by: Ann",
    ]);
    expect(chips[0]?.removeHref).toBe(`${BASE}?type=ipv6&minConfidence=75&addedBy=${TEAM}`);
    expect(chips[2]?.removeHref).toBe(`${BASE}?type=ipv4%2Cipv6&addedBy=${TEAM}`);
  });

  it("reach the list as they stand in the address", () => {
    expect(
      toFilter(parse({ q: "", type: ["ipv4", "ipv6"], tag: "a,b", expiringWithinDays: "7" })),
    ).toStrictEqual({
      sort: "-addedAt",
      type: ["ipv4", "ipv6"],
      tag: "a,b",
      expiringWithinDays: 7,
    });
  });
});
