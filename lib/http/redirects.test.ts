import { describe, expect, it } from "vitest";

import { followRedirect, isSignInPage, redirectLocation, type Hop } from "./redirects";

const hop = (change: Partial<Hop> = {}): Hop => ({
  url: new URL("https://feed.example/a/list.csv"),
  method: "GET",
  headers: { authorization: "Bearer x", "auth-key": "y" },
  body: null,
  hasLeftOrigin: false,
  ...change,
});

describe("followRedirect", () => {
  it("keeps headers on the same origin and resolves relative places", () => {
    const next = followRedirect(hop(), 302, "../b.csv");

    expect(next.url.href).toBe("https://feed.example/b.csv");
    expect(next.headers).toEqual(hop().headers);
    expect(next.hasLeftOrigin).toBe(false);
  });

  it.each([
    ["another host", "https://other.example/"],
    ["another port", "https://feed.example:8443/"],
    ["plain http", "http://feed.example/"],
    ["a host spelled alike", "https://feed.example.evil.test/"],
    ["no scheme", "//other.example/"],
  ])("drops every configured header for %s", (_what, location) => {
    expect(followRedirect(hop(), 302, location)).toMatchObject({ headers: {}, hasLeftOrigin: true });
  });

  it("does not give them back when the chain returns", () => {
    const away = followRedirect(hop(), 302, "https://other.example/");

    expect(followRedirect(away, 302, "https://feed.example/").headers).toEqual({});
  });

  it.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [307, "POST", "POST"],
    [308, "POST", "POST"],
    [302, "HEAD", "HEAD"],
    [303, "HEAD", "HEAD"],
  ] as const)("answers %d to a %s with a %s", (status, method, expected) => {
    const next = followRedirect(hop({ method, body: method === "POST" ? "{}" : null }), status, "/next");

    expect(next.method).toBe(expected);
    expect(next.body).toBe(expected === "POST" ? "{}" : null);
  });

  it("does not carry a query's body to another origin", () => {
    expect(() => followRedirect(hop({ method: "POST", body: "{}" }), 307, "https://other.example/")).toThrow(
      "not carried to another origin",
    );
  });

  it.each(["file:///etc/passwd", "gopher://x/", "javascript:alert(1)", "data:text/csv,a"])(
    "does not follow to %s",
    (location) => {
      expect(() => followRedirect(hop(), 302, location)).toThrow("Only http and https");
    },
  );

  it("does not follow to an address with a password in it", () => {
    expect(() => followRedirect(hop(), 302, "https://user:secret@other.example/")).toThrow(/^(?!.*secret)/s);
  });
});

it.each([
  [302, "/x", "/x"],
  [308, "/x", "/x"],
  [302, null, null],
  [302, "", null],
  [200, "/x", null],
  [304, "/x", null],
])("reads %d with location %j as %j", (status, location, expected) => {
  expect(redirectLocation(status, location)).toBe(expected);
});

it.each([
  ["https://login.example.com/x", "text/html; charset=utf-8", true],
  ["https://portal.example/auth/realms/x", "text/html", true],
  ["https://portal.example/users/sign_in", "text/html", true],
  ["https://portal.example/Login.aspx", "text/html", true],
  ["https://portal.example/login", "text/csv", false],
  ["https://portal.example/blogin-data", "text/html", false],
  ["https://portal.example/authors.html", "text/html", false],
  ["https://portal.example/list", null, false],
])("judges %s as %s: %s", (url, contentType, expected) => {
  expect(isSignInPage(new URL(url), contentType)).toBe(expected);
});
