import type { ReadCase } from "../agreement";

/** gdsec-test/go-ioc, ninoseki/ioc-extractor, binref/refinery and microsoft/msticpy: the rows whose form none of the other tables has. */
export const OTHERS: readonly ReadCase[] = [
  { text: "192.0.2[.]146", theirs: ["ipv4 192.0.2.146"], ours: ["ipv4 192.0.2.146"] },
  { text: "1(.)1[.]1(.)1", theirs: ["ipv4 1.1.1.1"], ours: ["ipv4 1.1.1.1"] },
  { text: "1.2[.)3.4", theirs: ["ipv4 1.2.3.4"], ours: ["ipv4 1.2.3.4"] },
  { text: "1.2[.)3(.)4", theirs: ["ipv4 1.2.3.4"], ours: ["ipv4 1.2.3.4"] },
  {
    text: "test-me123(at)test[.]com",
    theirs: ["email test-me123@test.com"],
    ours: ["email test-me123@test.com"],
  },
  { text: "450.0.0.99", theirs: [], ours: [] },
  { text: "300.300.300.300", theirs: [], ours: [] },
  { text: "example.pumpkin", theirs: [], ours: [] },
  { text: "test(.]com", theirs: ["domain test.com"], ours: ["domain test.com"] },
  {
    text: "http[://]example.com/f",
    theirs: ["url http://example.com/f"],
    ours: ["url http://example.com/f"],
  },
  {
    text: "hxxps://185[.]159[.]82[.]15/hollyhole/c644[.]php",
    theirs: ["url https://185.159.82.15/hollyhole/c644.php"],
    ours: ["url https://185.159.82.15/hollyhole/c644.php"],
  },
  { text: "0010::1", theirs: ["ipv6 10::1"], ours: ["ipv6 10::1"] },
  { text: "test.dll", theirs: ["file test.dll"], ours: [] },
  { text: "test.tar.gz", theirs: ["file test.tar.gz"], ours: [] },
  { text: "test.html", theirs: ["file test.html"], ours: [] },
  { text: ".test.", theirs: [], ours: [] },
  { text: "CVE-2021-41265", theirs: ["cve CVE-2021-41265"], ours: [] },
  { text: "874058e8d8582bf85c115ce319c5b0a", theirs: [], ours: [] },
  {
    text: "test(.}test{.)example[.)com",
    theirs: ["domain test.test.example.com"],
    ours: ["domain test.test.example.com"],
  },
  { text: "1.)1[.1.)1", theirs: ["ipv4 1.1.1.1"], ours: ["ipv4 1.1.1.1"] },
  { text: "example{dot}com", theirs: ["domain example.com"], ours: ["domain example.com"] },
  {
    text: "はじめよう.みんな",
    theirs: ["domain xn--p8j9a0d9c9a.xn--q9jyb4c"],
    ours: ["domain xn--p8j9a0d9c9a.xn--q9jyb4c"],
  },
  { text: "hxxps://google[.)com", theirs: ["url https://google.com"], ours: ["url https://google.com/"] },
  { text: "hxxpfoo", theirs: [], ours: [] },
  { text: "h**ps://google.com", theirs: ["url https://google.com"], ours: ["url https://google.com/"] },
  { text: "test{@}example.com", theirs: ["email test@example.com"], ours: ["email test@example.com"] },
  {
    text: "hxxps[:]//test.example[.)com[/]path",
    theirs: ["url https://test.example.com/path"],
    ours: ["url https://test.example.com/path"],
  },
  {
    text: "hxxps[://]test.example[.)com[/]path[:]80",
    theirs: ["url https://test.example.com/path:80"],
    ours: ["url https://test.example.com/path:80"],
  },
  {
    text: "example . com",
    theirs: ["domain example.com"],
    ours: [],
    reason: "A dot between blanks ends a sentence as well.",
  },
  {
    text: "0x4966db520b0680fc19df5d7774ca96f42e6abd4f",
    theirs: ["eth 0x4966db520b0680fc19df5d7774ca96f42e6abd4f"],
    ours: [],
  },
  {
    text: "visit hxxps://caminoflamingo[.]co[.]uk, flamingos are on the rise.",
    theirs: ["url https://caminoflamingo.co.uk"],
    ours: ["url https://caminoflamingo.co.uk/"],
  },
  {
    text: "Email us at ALEXANDER.IRWIN@PROTONMAIL.COM (or) MISAEL.SHORT@TUTANOTA.COM to get the ransom amount.",
    theirs: ["email alexander.irwin@protonmail.com", "email misael.short@tutanota.com"],
    ours: ["email alexander.irwin@protonmail.com", "email misael.short@tutanota.com"],
  },
  {
    text: "Maybe 12[.]67.123.12 or 12.67[.]123[.]12",
    theirs: ["ipv4 12.67.123.12"],
    ours: ["ipv4 12.67.123.12"],
  },
  {
    text: "connects to `10.0.13.11` and `192.168.102.3`",
    theirs: ["ipv4 10.0.13.11", "ipv4 192.168.102.3"],
    ours: ["ipv4 10.0.13.11", "ipv4 192.168.102.3"],
  },
  {
    text: "c:\\one\\path\\or\\another\\myprocess -ip4:206.123.1.123",
    theirs: ["ipv4 206.123.1.123"],
    ours: ["ipv4 206.123.1.123"],
  },
  {
    text: "c:\\one\\path\\or\\another\\myprocess -ip4:206[.]123.1.123",
    theirs: ["ipv4 206.123.1.123"],
    ours: ["ipv4 206.123.1.123"],
  },
  {
    text: "myprocess /url:https://some.domain.it/thepath?qry1=abc&qry2=xyz",
    theirs: ["url https://some.domain.it/thepath?qry1=abc&qry2=xyz"],
    ours: ["url https://some.domain.it/thepath?qry1=abc&qry2=xyz"],
  },
  {
    text: "curl 'hXXps://www.virustotal.com/en/ip-address/90.156.201.27/information/'",
    theirs: ["url https://www.virustotal.com/en/ip-address/90.156.201.27/information/"],
    ours: ["url https://www.virustotal.com/en/ip-address/90.156.201.27/information/"],
  },
  {
    text: "curl 'fXp://www[.]virustotal.com/a/'",
    theirs: ["url ftp://www.virustotal.com/a/"],
    ours: ["url ftp://www.virustotal.com/a/"],
  },
  {
    text: "curl 'sfXp://www.virustotal.com/a/'",
    theirs: ["url sftp://www.virustotal.com/a/"],
    ours: ["url sftp://www.virustotal.com/a/"],
  },
  {
    text: "curl 'fXps://www[.]virustotal.com/a/'",
    theirs: ["url ftps://www.virustotal.com/a/"],
    ours: ["url ftps://www.virustotal.com/a/"],
  },
  { text: "curl 'file://www[.]virustotal.com/a/'", theirs: ["url file://www.virustotal.com/a/"], ours: [] },
  {
    text: "curl 'telnet://www[.]virustotal.com/a/'",
    theirs: ["url telnet://www.virustotal.com/a/"],
    ours: ["url telnet://www.virustotal.com/a/"],
  },
  {
    text: "some text with a user[AT]domain[.]like.uk in it",
    theirs: ["email user@domain.like.uk"],
    ours: ["email user@domain.like.uk"],
  },
  {
    text: "some text with a domain.like.uk in it",
    theirs: ["domain domain.like.uk"],
    ours: ["domain domain.like.uk"],
  },
  { text: "some text with a bad domain.like.iandom in it", theirs: [], ours: [] },
  {
    text: "some text with User <user@microsoft.com> in it",
    theirs: ["email user@microsoft.com"],
    ours: ["email user@microsoft.com"],
  },
  {
    text: "some text with user@microsoft.com (User XYZ)> in it",
    theirs: ["email user@microsoft.com"],
    ours: ["email user@microsoft.com"],
  },
];
