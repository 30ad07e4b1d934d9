import { expect, it } from "vitest";

import { decodeRoles } from "./decode-roles";

const token = (claims: unknown): string =>
  ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "signature"].join(".");

it.each([
  ["roles", token({ roles: ["Ti.ReadWrite"] }), ["Ti.ReadWrite"]],
  ["no consent", token({ aud: "x" }), []],
  ["roles of another kind", token({ roles: "Ti.ReadWrite" }), null],
  ["claims that are none", token("x"), null],
  ["an opaque token", "opaque", null],
  ["an encrypted one", "a.!!!.c", null],
  ["nothing", "", null],
])("reads %s", (_what, text, expected) => {
  expect(decodeRoles(text)).toEqual(expected);
});
