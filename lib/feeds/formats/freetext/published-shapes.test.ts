import { describe, expect, it } from "vitest";

import { feedSettingsSchema } from "@/lib/domain/feed/feed";

import { freetextFormat } from "./parse";

async function* body(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}

/** What each line with anything in it holds; what is no value is left out. */
const valuesOf = async (text: string): Promise<string[]> => {
  const values: string[] = [];
  const settings = { ...feedSettingsSchema.parse({}), now: new Date() };
  for await (const batch of freetextFormat.parse(body(text), settings))
    for (const { candidates } of batch)
      values.push(candidates.flatMap((candidate) => (candidate.ok ? [candidate.value] : [])).join(" "));
  return values;
};

const MD5 = "44d88612fea8a8f36de82e1278abb02f";

describe("the shapes of published lists of text", () => {
  it("a hosts file: what every such file has is no row of it", async () => {
    const hosts = [
      "# Title: hosts",
      "127.0.0.1 localhost",
      "127.0.0.1 localhost.localdomain",
      "127.0.0.1 local",
      "255.255.255.255 broadcasthost",
      "::1 localhost",
      "::1 ip6-localhost ip6-loopback",
      "fe80::1%lo0 localhost",
      "ff00::0 ip6-localnet",
      "ff02::1 ip6-allnodes",
      "0.0.0.0 0.0.0.0",
      "",
      "0.0.0.0 evil.example.com",
      "0.0.0.0\tbad.example.com # why",
      "127.0.0.1  a.example.com b.example.com localhost",
      ":: c.example.com",
      "203.0.113.9 local",
    ];

    expect(await valuesOf(hosts.join("\n"))).toEqual([
      "evil.example.com",
      "bad.example.com",
      "a.example.com b.example.com",
      "c.example.com",
      "203.0.113.9",
    ]);
  });

  it.each([
    ["DShield", "203.0.113.0\t203.0.113.255\t24\t2034\tEXAMPLE\tUS\tabuse@example.com", "203.0.113.0/24"],
    ["a table whose prefix says something else", "203.0.113.0\t203.0.113.9\t24", "203.0.113.0 203.0.113.9"],
    ["Spamhaus", "203.0.113.0/24 ; SBL1", "203.0.113.0/24"],
    ["AlienVault", "203.0.113.8#4#2#Malicious Host#CN#Beijing#39.9,116.4#3", "203.0.113.8"],
    ["BruteForceBlocker", "203.0.113.5\t\t# 2026-11-24 08:00:00\t\t5\t123456", "203.0.113.5"],
    ["Botvrij", "203.0.113.5 # ip-dst - Some campaign, https://blog.example.com/", "203.0.113.5"],
    ["Emerging Threats", "203.0.113.0/28", "203.0.113.0/28"],
    ["cybercrime-tracker", "evil.example.com/panel/admin.php", "http://evil.example.com/panel/admin.php"],
    [
      "lines broken by mark-up",
      "a.example.com/x<br />203.0.113.5/y",
      "http://a.example.com/x http://203.0.113.5/y",
    ],
    ["an ad blocker's rule", "||evil.example.com^", "evil.example.com"],
    ["an ad blocker's rule with options", "||evil.example.com^$third-party,all", "evil.example.com"],
    ["an ad blocker's exception", "@@||good.example.com^", ""],
    ["an ad blocker's rule for parts of a page", "good.example.com##.ad", ""],
    ["dnsmasq", "address=/evil.example.com/0.0.0.0", "evil.example.com"],
    ["a response policy zone", "*.evil.example.com CNAME .", "evil.example.com"],
    ["a named range", "Bad org: Inc:203.0.113.0-203.0.113.255", ""],
    ["a range with a name", "Bad org:203.0.113.0-203.0.113.255", "203.0.113.0/24"],
    ["Tor's exits", "ExitAddress 203.0.113.9 2026-11-24 08:09:10", "203.0.113.9"],
    ["md5sum", `${MD5}  a.exe`, MD5],
    ["md5sum of BSD", `MD5 (a.exe) = ${MD5}`, MD5],
    ["two colons between words", "evil.example.com :: malware", "evil.example.com"],
    [
      "quoted cells",
      '"2026-11-24","http://evil.example.com/a,b","x","http://bad.example.com/"',
      "http://evil.example.com/a,b http://bad.example.com/",
    ],
  ])("%s: %s", async (_name, line, expected) => {
    expect(await valuesOf(line)).toEqual([expected]);
  });

  it("Tor's exits have a fingerprint that is no hash of a file", async () => {
    expect(await valuesOf(`ExitNode ${MD5}44D88612\n`)).toEqual([]);
  });

  it("goes on after NUL bytes and very long lines", async () => {
    const line = "x".repeat(3_000_000);

    expect(await valuesOf(`203.0.113.7\0\n\0\n${line}\nevil.example.com\0\n`)).toEqual([
      "203.0.113.7",
      "",
      "evil.example.com",
    ]);
  });
});
