import type { ReadCase } from "../agreement";

/** What MISP's parser makes of values that it reads wrongly, or not at all, as measured by running it: where we differ on purpose. */
export const MISP_ERRORS: readonly ReadCase[] = [
  { text: "bbc.co.uk", theirs: ["hostname bbc.co.uk"], ours: ["domain bbc.co.uk"] },
  { text: "192.0.2.1:8", theirs: [], ours: ["ipv4 192.0.2.1"], reason: "A port may have one digit." },
  { text: "192.0.2.1:99999", theirs: ["ip-dst|port 192.0.2.1|99999"], ours: [] },
  { text: "192.0.2.0/99", theirs: ["ip-dst 192.0.2.0/99"], ours: [] },
  {
    text: "http://example.com:8080",
    theirs: ["url http://example.com"],
    ours: ["url http://example.com:8080/"],
    reason: "The port is part of the URL: another one is another service.",
  },
  {
    text: "http://example.com:80/a:80",
    theirs: ["url http://example.com/a"],
    ours: ["url http://example.com/a:80"],
    reason: "The end of a path is no port.",
  },
  {
    text: "_dmarc.example.com",
    theirs: ["filename _dmarc.example.com"],
    ours: ["domain _dmarc.example.com"],
    reason: "An underscore is a legal letter of a name.",
  },
  {
    text: "a_b.example.com",
    theirs: ["filename a_b.example.com"],
    ours: ["domain a_b.example.com"],
    reason: "An underscore is a legal letter of a name.",
  },
  {
    text: "*.example.com",
    theirs: ["filename *.example.com"],
    ours: ["domain example.com"],
    reason: "A wildcard means the name below which it stands.",
  },
  {
    text: "example.рф",
    theirs: ["filename example.рф"],
    ours: ["domain example.xn--p1ai"],
    reason: "A suffix may be written in any script.",
  },
  {
    text: "example[DOT]com",
    theirs: ["filename example[DOT]com"],
    ours: ["domain example.com"],
    reason: "A known way to write a dot harmlessly.",
  },
  {
    text: "example(.)com",
    theirs: ["filename example(.)com"],
    ours: ["domain example.com"],
    reason: "A known way to write a dot harmlessly.",
  },
  {
    text: "example{.}com",
    theirs: ["filename example{.}com"],
    ours: ["domain example.com"],
    reason: "A known way to write a dot harmlessly.",
  },
  { text: "fxp://example.com/a", theirs: ["url fxp://example.com/a"], ours: ["url ftp://example.com/a"] },
  {
    text: "[8.8.8.8]",
    theirs: [],
    ours: ["ipv4 8.8.8.8"],
    reason: "Brackets around an address are no part of it.",
  },
  {
    text: "192.0.2.0-192.0.2.255",
    theirs: ["phone-number 192.0.2.0-192.0.2.255"],
    ours: ["ipv4-cidr 192.0.2.0/24"],
    reason: "Two addresses with a dash between them are a range, not a telephone number.",
  },
  {
    text: "http://example.com/a,b;c",
    theirs: ["url http://example.com/a"],
    ours: ["url http://example.com/a,b;c"],
    reason: "A path may hold commas and semicolons.",
  },
  { text: "12345-67890", theirs: ["phone-number 12345-67890"], ours: [] },
  { text: "2001:db8::1:443", theirs: ["ip-dst 2001:db8::1:443"], ours: ["ipv6 2001:db8::1:443"] },
];
