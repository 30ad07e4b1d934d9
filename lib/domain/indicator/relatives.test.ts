import { expect, it } from "vitest";

import { relativesOf } from "./relatives";
import type { IndicatorType } from "./types";

it.each<[IndicatorType, string, string[]]>([
  ["ipv4", "45.155.205.7", ["network 45.155.205.0/24"]],
  ["ipv6", "2a01:4f8:1:2:3::7", ["network 2a01:4f8:1:2::/64"]],
  ["ipv4-cidr", "45.155.205.128/25", ["network 45.155.205.0/24"]],
  ["ipv4-cidr", "45.155.204.0/23", []],
  ["domain", "evil-example.com", ["domain evil-example.com"]],
  ["domain", "a.b.evil-example.co.uk", ["host a.b.evil-example.co.uk", "domain evil-example.co.uk"]],
  // Names below these belong to different people.
  ["domain", "x.mine.github.io", ["host x.mine.github.io", "domain mine.github.io"]],
  ["email", "joe@mail.evil-example.com", ["host mail.evil-example.com", "domain evil-example.com"]],
  ["url", "https://cdn.evil-example.com:8443/a?b", ["host cdn.evil-example.com", "domain evil-example.com"]],
  ["url", "http://45.155.205.7:81/a", ["host http://45.155.205.7:81/", "network 45.155.205.0/24"]],
  ["url", "http://[2a01:4f8:1:2::7]/a", ["host http://[2a01:4f8:1:2::7]/", "network 2a01:4f8:1:2::/64"]],
  ["sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", []],
])("looks for the relatives of a %s %s", (type, value, expected) => {
  expect(relativesOf({ type, value }).map(({ kind, q }) => `${kind} ${q}`)).toEqual(expected);
});
