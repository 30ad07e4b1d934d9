import { describe, expect, it } from "vitest";

import { describeHttpFailure } from "./describe-http-failure";

const NOW = new Date("2026-11-24T12:00:00Z");
const facts = { host: "feed.example", headers: {}, hasLeftOrigin: false };

describe("describeHttpFailure", () => {
  it.each([200, 204, 206, 304])("takes %d for an answer", (status) => {
    expect(describeHttpFailure({ ...facts, status }, NOW)).toBeNull();
  });

  it.each([
    [302, "upstream_rejected", "never", "leads nowhere"],
    [400, "upstream_rejected", "never", "refused the request"],
    [401, "upstream_rejected", "never", "Check the user name, password or key"],
    [403, "upstream_rejected", "never", "refuses access"],
    [404, "upstream_rejected", "never", "It may have moved"],
    [407, "upstream_rejected", "never", "proxy"],
    [410, "upstream_rejected", "never", "It may have moved"],
    [408, "upstream_unavailable", "later", "refused the request"],
    [429, "upstream_unavailable", "later", "slow down"],
    [500, "upstream_unavailable", "later", "in trouble"],
    [503, "upstream_unavailable", "later", "in trouble"],
  ])("explains %d", (status, code, retry, words) => {
    const failure = describeHttpFailure({ ...facts, status }, NOW);

    expect(failure).toMatchObject({ code, retry });
    expect(failure?.message).toContain(words);
    expect(failure?.message).toContain("feed.example");
  });

  it.each([
    ["0", "for a second", 1_000],
    ["38", "for 38 seconds", 38_000],
    ["150", "for 3 minutes", 150_000],
    ["7200", "for 2 hours", 7_200_000],
    ["604800", "for a day or more", 86_400_000],
  ])("says how long a 429 asked to wait: %s", (retryAfter, words, retryAfterMs) => {
    const headers = { "retry-after": retryAfter };
    const failure = describeHttpFailure({ ...facts, status: 429, headers }, NOW);

    expect(failure?.message).toContain(words);
    expect(failure?.message).toContain("let the feed run less often");
    expect(failure?.context).toMatchObject({ retryAfterMs });
  });

  it("blames the redirect when credentials were left behind", () => {
    const failure = describeHttpFailure({ ...facts, status: 401, hasLeftOrigin: true }, NOW);

    expect(failure?.message).toContain("not carried to another origin");
  });
});
