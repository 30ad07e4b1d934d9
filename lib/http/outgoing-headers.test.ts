import { describe, expect, it } from "vitest";

import { checkHeaders, headerText } from "./outgoing-headers";

describe("checkHeaders", () => {
  it("lower-cases names and keeps values", () => {
    expect(checkHeaders({ "Auth-Key": "abc", Authorization: "Bearer x" })).toEqual({
      "auth-key": "abc",
      authorization: "Bearer x",
    });
  });

  it.each([
    ["X-A", "a\r\nHost: evil"],
    ["X-A", "a\nb"],
    ["X-A", "a\0b"],
    ["X-A", "snow ☃"],
    ["X A", "a"],
    ["X-A\r\nB", "a"],
    ["", "a"],
    ["Host", "other.example"],
    ["Content-Length", "5"],
    ["Transfer-Encoding", "chunked"],
  ])("refuses %j: %j", (name, value) => {
    expect(() => checkHeaders({ [name]: value })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });

  it("does not repeat a refused value, which may be a secret", () => {
    expect(() => checkHeaders({ "X-Key": "hunter2\n" })).toThrow(/^(?!.*hunter2)/s);
  });
});

it("joins repeated headers of an answer", () => {
  expect(headerText({ via: ["a", "b"], etag: '"1"' }, "via")).toBe("a, b");
  expect(headerText({ etag: '"1"' }, "etag")).toBe('"1"');
  expect(headerText({}, "etag")).toBeNull();
});
