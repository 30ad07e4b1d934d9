import type { ReadCase } from "../agreement";

/** PaloAltoNetworks/minemeld-core, tests/test_ft_autofocus.py, test_ft_ipop.py and integration lists; the last rows are what its address library takes. */
export const MINEMELD: readonly ReadCase[] = [
  { text: "1.1.1.1", theirs: ["IPv4 1.1.1.1"], ours: ["ipv4 1.1.1.1"] },
  {
    text: "1.1.1.2-1.1.1.5",
    theirs: ["IPv4 1.1.1.2-1.1.1.5"],
    ours: ["ipv4-cidr 1.1.1.2/31", "ipv4-cidr 1.1.1.4/31"],
  },
  { text: "1.1.1.0/24", theirs: ["IPv4 1.1.1.0/24"], ours: ["ipv4-cidr 1.1.1.0/24"] },
  { text: "www.google.com", theirs: ["domain www.google.com"], ours: ["domain www.google.com"] },
  {
    text: "www.google.com/test",
    theirs: ["URL www.google.com/test"],
    ours: ["url http://www.google.com/test"],
  },
  {
    text: "https://www.google.com",
    theirs: ["URL https://www.google.com"],
    ours: ["url https://www.google.com/"],
  },
  {
    text: "27c73bq66y4xqoh7.dorfact.at",
    theirs: ["domain 27c73bq66y4xqoh7.dorfact.at"],
    ours: ["domain 27c73bq66y4xqoh7.dorfact.at"],
  },
  { text: "::1", theirs: ["IPv6 ::1"], ours: ["ipv6 ::1"] },
  { text: "2001:db8::/32", theirs: ["IPv6 2001:db8::/32"], ours: ["ipv6-cidr 2001:db8::/32"] },
  {
    text: "2001:db8::1-2001:db8::4",
    theirs: ["IPv6 2001:db8::1-2001:db8::4"],
    ours: ["ipv6 2001:db8::1", "ipv6-cidr 2001:db8::2/127", "ipv6 2001:db8::4"],
  },
  {
    text: "103.249.88.244-103.249.88.244",
    theirs: ["IPv4 103.249.88.244-103.249.88.244"],
    ours: ["ipv4 103.249.88.244"],
  },
  {
    text: "192.168.0.0-192.168.255.255",
    theirs: ["IPv4 192.168.0.0/16"],
    ours: ["ipv4-cidr 192.168.0.0/16"],
  },
  {
    text: "192.168.0.1-192.168.0.3",
    theirs: ["IPv4 192.168.0.1-192.168.0.3"],
    ours: ["ipv4 192.168.0.1", "ipv4-cidr 192.168.0.2/31"],
  },
  { text: "192.0.2.0/255.255.255.0", theirs: ["IPv4 192.0.2.0/24"], ours: ["ipv4-cidr 192.0.2.0/24"] },
  { text: "192.0.2.0/0.0.0.255", theirs: ["IPv4 192.0.2.0/24"], ours: ["ipv4-cidr 192.0.2.0/24"] },
  {
    text: "10/8",
    theirs: ["IPv4 10.0.0.0/8"],
    ours: [],
    reason: "Half an address may be a date; only four numbers are an address.",
  },
  {
    text: "1.1",
    theirs: ["IPv4 1.0.0.1"],
    ours: [],
    reason: "Half an address may be a version; only four numbers are an address.",
  },
];
