import { describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";

import { describeNetworkFailure } from "./describe-network-failure";

const coded = (code: string): Error => Object.assign(new Error("raw text"), { code });

describe("describeNetworkFailure", () => {
  it.each([
    ["ENOTFOUND", "does not exist in DNS", "later"],
    ["EAI_AGAIN", "DNS server did not answer", "later"],
    ["ECONNREFUSED", "refused the connection", "later"],
    ["ECONNRESET", "before it was complete", "later"],
    ["EHOSTUNREACH", "no route", "later"],
    ["UND_ERR_CONNECT_TIMEOUT", "in time", "later"],
    ["CERT_HAS_EXPIRED", "has expired", "never"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "another name", "never"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS", "never"],
    ["ESOMETHING", "could not be reached", "later"],
  ])("explains %s", (code, words, retry) => {
    const failure = describeNetworkFailure(coded(code), "feed.example");

    expect(failure).toMatchObject({ code: "upstream_unavailable", retry });
    expect(failure.message).toContain(words);
    expect(failure.message).toContain("feed.example");
  });

  it.each([
    ["ECONNREFUSED", "connect", false],
    ["ETIMEDOUT", "connect", false],
    ["ETIMEDOUT", "read", true],
    ["EHOSTUNREACH", "write", true],
    ["CERT_HAS_EXPIRED", undefined, false],
    ["ECONNRESET", "read", true],
    ["UND_ERR_HEADERS_OVERFLOW", undefined, true],
  ])("tells whether a request can have been carried out: %s at %s", (code, syscall, wasReached) => {
    const failure = describeNetworkFailure(Object.assign(coded(code), { syscall }), "feed.example");

    expect(failure.context).toEqual({ wasReached });
  });

  it("finds the reason in the cause", () => {
    const failure = describeNetworkFailure(new Error("fetch failed", { cause: coded("ENOTFOUND") }), "x");

    expect(failure.message).toContain("DNS");
  });

  it("finds the reason among several attempts", () => {
    const failure = describeNetworkFailure(
      new AggregateError([coded("ECONNREFUSED"), coded("EHOSTUNREACH")]),
      "x",
    );

    expect(failure.message).toContain("refused the connection");
  });

  it("passes on what is explained already, wherever it hides", () => {
    const known = new AppError("blocked_address", "Private.");

    expect(describeNetworkFailure(known, "x")).toBe(known);
    expect(describeNetworkFailure(new Error("fetch failed", { cause: known }), "x")).toBe(known);
  });

  it("survives a cause that refers to itself, and what is no error", () => {
    const loop = new Error("loop");
    loop.cause = loop;

    expect(describeNetworkFailure(loop, "x").message).toContain("could not be reached");
    expect(describeNetworkFailure("odd", "x").message).toContain("could not be reached");
  });
});
