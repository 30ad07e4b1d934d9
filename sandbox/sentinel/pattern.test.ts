import { expect, it } from "vitest";

import { parseSimplePattern } from "./pattern";

it.each([
  ["[ipv4-addr:value = '45.155.249.9']", "ipv4-addr:value", "45.155.249.9"],
  ["[ ipv6-addr:value='2a0d::5' ]", "ipv6-addr:value", "2a0d::5"],
  ["[network-traffic:src_ref.value = '45.155.249.9']", "network-traffic:src_ref.value", "45.155.249.9"],
  ["[url:value = 'http://x.example.com/it\\'s?a=\\\\']", "url:value", "http://x.example.com/it's?a=\\"],
  ["[file:hashes.'SHA-256' = 'ab']", "file:hashes.'SHA-256'", "ab"],
  ["[file:hashes.MD5 = 'ab']", "file:hashes.MD5", "ab"],
  ["[x509-certificate:hashes.'SHA-1' = 'ab']", "x509-certificate:hashes.'SHA-1'", "ab"],
])("%s is searchable", (pattern, key, value) => {
  expect(parseSimplePattern(pattern)).toEqual({ key, value });
});

it.each([
  "[file:name = 'a.exe' AND file:hashes.MD5 = 'ab']",
  "[ipv4-addr:value = '1.2.3.4'] OR [ipv4-addr:value = '1.2.3.5']",
  "[ipv4-addr:value LIKE '1.2.%']",
  "[ipv4-addr:value != '1.2.3.4']",
  "[ipv4-addr:value = '1.2.3.4' OR ipv4-addr:value = '1.2.3.5']",
  "ipv4-addr:value = '1.2.3.4'",
  "",
])("%s is stored without a key", (pattern) => {
  expect(parseSimplePattern(pattern)).toBeNull();
});
