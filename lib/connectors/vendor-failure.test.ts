import { describe, expect, it } from "vitest";

import { readVendorFault, toVendorFailure, waitOf } from "./vendor-failure";

const NOW = new Date("2026-11-24T12:00:00Z");
const remedies = { service: "Defender", forbidden: "Grant Ti.ReadWrite.", notFound: "Check the cloud." };
const answer = (status: number, body?: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  text: typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body),
  json: typeof body === "string" ? undefined : body,
});

describe("readVendorFault", () => {
  it.each([
    [
      "Defender's envelope",
      { error: { code: "InvalidIpAddress", message: "IP address 1.2.3 is invalid.", target: "c0ffee" } },
      { code: "InvalidIpAddress", message: "IP address 1.2.3 is invalid.", reference: "c0ffee" },
    ],
    [
      "a gateway's envelope",
      { statusCode: 500, message: "Internal server error", activityId: "act" },
      { code: null, message: "Internal server error", reference: "act" },
    ],
    ["an error that is text", { error: "nope" }, { code: null, message: "", reference: null }],
    [
      "a web page",
      "<html><body>Bad Gateway</body></html>",
      { code: null, message: "a web page instead of data", reference: null },
    ],
    ["plain text", "no healthy upstream", { code: null, message: "no healthy upstream", reference: null }],
    ["nothing", undefined, { code: null, message: "", reference: null }],
    ["null", null, { code: null, message: "", reference: null }],
    ["a list", [1], { code: null, message: "", reference: null }],
    [
      "fields of other kinds",
      { error: { code: 5, message: {} } },
      { code: null, message: "", reference: null },
    ],
  ])("reads %s", (_what, body, expected) => {
    expect(readVendorFault(answer(400, body))).toEqual(expected);
  });

  it("takes code and reference from headers where the body has none", () => {
    expect(
      readVendorFault(answer(403, undefined, { "x-ms-error-code": "Forbidden", "x-ms-request-id": "r1" })),
    ).toMatchObject({
      code: "Forbidden",
      reference: "r1",
    });
  });
});

describe("toVendorFailure", () => {
  it.each([
    [400, "upstream_rejected", "never", "refused the request (HTTP 400)"],
    [401, "upstream_rejected", "never", "does not accept the application's token"],
    [403, "upstream_rejected", "never", "Grant Ti.ReadWrite."],
    [404, "upstream_rejected", "never", "Check the cloud."],
    [302, "upstream_rejected", "never", "refused the request (HTTP 302)"],
    [408, "upstream_unavailable", "later", "could not answer"],
    [429, "upstream_unavailable", "later", "asked us to wait"],
    [500, "upstream_unavailable", "later", "could not answer"],
    [502, "upstream_unavailable", "later", "could not answer"],
  ])("explains %d", (status, code, retry, words) => {
    const failure = toVendorFailure(answer(status), remedies, NOW);

    expect(failure).toMatchObject({ code, retry });
    expect(failure.message).toContain(words);
  });

  it("carries the wait of the header, else of the sentence", () => {
    const sentence = { statusCode: 429, message: "Rate limit is exceeded. Try again in 12 seconds." };

    expect(waitOf(toVendorFailure(answer(429, sentence, { "retry-after": "3" }), remedies, NOW))).toBe(3000);
    expect(waitOf(toVendorFailure(answer(429, sentence), remedies, NOW))).toBe(12_000);
    expect(toVendorFailure(answer(429, sentence), remedies, NOW).message).toBe(
      "Defender asked us to wait 12 s.",
    );
    expect(waitOf(toVendorFailure(answer(429), remedies, NOW))).toBeNull();
  });
});
