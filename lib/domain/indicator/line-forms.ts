import { isRange, rangeToCidrs } from "./range";

/**
 * The part of a line in which its values stand, for lines of files whose form means something of its own: hosts files, block
 * lists of DNS servers and ad blockers, tables of ranges. Any other line as it is; empty when such a line has no value.
 */
export const valuesOfLine = (line: string): string => {
  if (STARTS_WITH_ADDRESS.test(line)) return rangeOfTable(line) ?? namesOfHosts(line);
  if (line.startsWith("||")) return AD_BLOCK_RULE.exec(line)?.[1] ?? line;
  if (line.startsWith("ExitNode ")) return "";
  const dns = DNS_RULE.exec(line)?.[1];
  if (dns !== undefined) return dns;
  const range = NAMED_RANGE.exec(line)?.[1];
  return range !== undefined && isRange(range) ? range : line;
};

/** `0.0.0.0 evil.com`: the address says where the name is sent. Names that every such file has are left out. */
const namesOfHosts = (line: string): string => {
  const [, address = "", rest = ""] = HOSTS_LINE.exec(line) ?? [];
  const names = rest.split(BLANKS).filter(Boolean);
  if (names.length === 0) return line;
  const others = names.filter((name) => !OWN_NAMES.has(name.toLowerCase()));
  if (SINKS.has(address)) return others.some(isAddress) ? line : others.join(" ");
  return others.length === 0 && LOCAL_ADDRESS.test(address) ? "" : line;
};

/** `203.0.113.0 203.0.113.255 24 …`: first and last address and the prefix, where all three say the same network. */
const rangeOfTable = (line: string): string | null => {
  const [, first = "", last = "", prefix = ""] = TABLE_ROW.exec(line) ?? [];
  return first === "" ? null : networkOf(first, last, prefix);
};

/** The network that has these first and last addresses and this prefix; null when they do not agree. */
export const networkOf = (first: string, last: string, prefix: string): string | null => {
  const networks = rangeToCidrs(`${first}-${last}`);
  const [only, ...others] = networks.ok ? networks.value : [];
  return only && others.length === 0 && only.value === `${first}/${prefix}` ? only.value : null;
};

const isAddress = (name: string): boolean => STARTS_WITH_ADDRESS.test(name);

const BLANKS = /\s+/;
const STARTS_WITH_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:]*)(?:$|[\s%/:])/i;
const HOSTS_LINE = /^([\da-f.:]+(?:%\w+)?)\s+(\S.*)$/i;
const SINKS = new Set(["0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"]);
const LOCAL_ADDRESS = /^f(?:e80|f0\d):/i;
const OWN_NAMES = new Set([
  "0.0.0.0",
  "localhost",
  "localhost.localdomain",
  "localhost6",
  "localhost6.localdomain6",
  "local",
  "broadcasthost",
  "ip6-localhost",
  "ip6-loopback",
  "ip6-localnet",
  "ip6-mcastprefix",
  "ip6-allnodes",
  "ip6-allrouters",
  "ip6-allhosts",
]);
const TABLE_ROW = /^(\d+\.\d+\.\d+\.\d+)\s+(\d+\.\d+\.\d+\.\d+)\s+(\d{1,2})(?:\s|$)/;
const AD_BLOCK_RULE = /^\|\|([^\s$*/^|]+)\^(?:\$\S*)?$/;
const DNS_RULE = /^(?:address|local|server)=\/([^\s/]+)\/\S*$/;
const NAMED_RANGE = /^[^:]{1,200}:(\d+\.\d+\.\d+\.\d+\s?-\s?\d+\.\d+\.\d+\.\d+)$/;
