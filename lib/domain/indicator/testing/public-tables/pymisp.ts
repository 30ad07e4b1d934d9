import type { ReadCase } from "../agreement";

/** MISP/PyMISP, tests/test_attributevalidationtool.py and testlive_comprehensive.py: spellings, and free text. */
export const PYMISP: readonly ReadCase[] = [
  { text: "127.0.0.1/32", theirs: ["ip-src 127.0.0.1"], ours: ["ipv4 127.0.0.1"] },
  { text: "127.0.0.1/31", theirs: ["ip-src 127.0.0.1/31"], ours: ["ipv4-cidr 127.0.0.0/31"] },
  {
    text: "example.com|1234:0fd2:5621:0001:0089:0000:0000:4500/128",
    theirs: ["domain|ip example.com|1234:fd2:5621:1:89::4500"],
    ours: ["domain example.com", "ipv6 1234:fd2:5621:1:89::4500"],
  },
  {
    text: "1234:0fd2:5621:0001:0089:0000:0000:4500/128|80",
    theirs: ["ip-src|port 1234:fd2:5621:1:89::4500|80"],
    ours: ["ipv6 1234:fd2:5621:1:89::4500"],
  },
  {
    text: "1234:0fd2:5621:0001:0089:0000:0000:4500/127|80",
    theirs: ["ip-src|port 1234:fd2:5621:1:89::4500/127|80"],
    ours: [],
  },
  {
    text: "1234:0fd2:5621:0001:0089:0000:0000:4500",
    theirs: ["ip-src 1234:fd2:5621:1:89::4500"],
    ours: ["ipv6 1234:fd2:5621:1:89::4500"],
  },
  {
    text: "example.com|1234:0fd2:5621:0001:0089:0000:0000:4500",
    theirs: ["domain|ip example.com|1234:fd2:5621:1:89::4500"],
    ours: ["domain example.com", "ipv6 1234:fd2:5621:1:89::4500"],
  },
  {
    text: "1234:0fd2:5621:0001:0089:0000:0000:4500|80",
    theirs: ["ip-src|port 1234:fd2:5621:1:89::4500|80"],
    ours: ["ipv6 1234:fd2:5621:1:89::4500"],
  },
  {
    text: "CMD.EXE|0CC175B9C0F1B6A831C399E269772661",
    theirs: ["filename|md5 CMD.EXE|0cc175b9c0f1b6a831c399e269772661"],
    ours: ["md5 0cc175b9c0f1b6a831c399e269772661"],
  },
  {
    text: "example.com|127.0.0.1",
    theirs: ["domain|ip example.com|127.0.0.1"],
    ours: ["domain example.com", "ipv4 127.0.0.1"],
  },
  {
    text: "EXAMPLE.COM|127.0.0.1",
    theirs: ["domain|ip example.com|127.0.0.1"],
    ours: ["domain example.com", "ipv4 127.0.0.1"],
  },
  {
    text: "HÁČKYČÁRKY.CZ",
    theirs: ["domain xn--hkyrky-ptac70bc.cz"],
    ours: ["domain xn--hkyrky-ptac70bc.cz"],
  },
  {
    text: "háčkyčárky.cz|127.0.0.1",
    theirs: ["domain|ip xn--hkyrky-ptac70bc.cz|127.0.0.1"],
    ours: ["domain xn--hkyrky-ptac70bc.cz", "ipv4 127.0.0.1"],
  },
  {
    text: "HÁČKYČÁRKY.CZ|127.0.0.1",
    theirs: ["domain|ip xn--hkyrky-ptac70bc.cz|127.0.0.1"],
    ours: ["domain xn--hkyrky-ptac70bc.cz", "ipv4 127.0.0.1"],
  },
  { text: "example.com:80", theirs: ["hostname|port example.com|80"], ours: ["domain example.com"] },
  { text: "EXAMPLE.COM:80", theirs: ["hostname|port example.com|80"], ours: ["domain example.com"] },
  { text: "AS123", theirs: ["AS 123"], ours: [] },
  { text: "AA-BB-CC-DD-EE-FF", theirs: ["mac-address aa:bb:cc:dd:ee:ff"], ours: [] },
  { text: "aabbccddeeff", theirs: ["mac-address aa:bb:cc:dd:ee:ff"], ours: [] },
  { text: "00123456", theirs: ["phone-number +123456"], ours: [] },
  { text: "+1 (23) 456", theirs: ["phone-number +123456"], ours: [] },
  { text: "CVE-2020-1234", theirs: ["vulnerability CVE-2020-1234"], ours: [] },
  { text: "CVE–2020–1234", theirs: ["vulnerability CVE-2020-1234"], ours: [] },
  { text: "cwe-89", theirs: ["weakness CWE-89"], ours: [] },
  { text: "CWE–89", theirs: ["weakness CWE-89"], ours: [] },
  {
    text: "AA:6F:C8:3F:37:78:7A:BE:A6:BE:2C:51:26:16:3F:D3",
    theirs: ["x509-fingerprint-md5 aa6fc83f37787abea6be2c5126163fd3"],
    ours: [],
  },
  {
    text: "1.1.1.1 foo@bar.de",
    theirs: ["ip-dst 1.1.1.1", "email-src foo@bar.de"],
    ours: ["ipv4 1.1.1.1", "email foo@bar.de"],
  },
  {
    text: "9.9.9.9 foo@bar.com",
    theirs: ["ip-dst 9.9.9.9", "email-src foo@bar.com"],
    ours: ["ipv4 9.9.9.9", "email foo@bar.com"],
  },
  {
    text: "8.8.8.8\n\ngoogle.fr\n\nhttps://gmail.com",
    theirs: ["ip-dst 8.8.8.8", "domain google.fr", "url https://gmail.com"],
    ours: ["ipv4 8.8.8.8", "domain google.fr", "url https://gmail.com/"],
  },
];
