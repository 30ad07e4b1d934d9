import { BlockList, isIPv4, isIPv6 } from "node:net";

import { type Switches } from "../state/switches";

import { type Problem } from "./errors";
import { type CREATABLE_TYPES } from "./indicator";

type CreatableType = (typeof CREATABLE_TYPES)[number];
type Finding = Omit<Problem, "scope"> | null;

const HASH_LENGTHS = { FileMd5: 32, FileSha1: 40, FileSha256: 64, CertificateThumbprint: 40 } as const;

const ranges = (entries: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const entry of entries) {
    const [network = "", prefix = ""] = entry.split("/");
    list.addSubnet(network, Number(prefix), isIPv4(network) ? "ipv4" : "ipv6");
  }
  return list;
};

const NOT_EXTERNAL = ranges([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
  "::/127",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
]);
const DOCUMENTATION = ranges([
  "192.0.2.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "198.18.0.0/15",
  "2001:db8::/32",
]);

/** What is wrong with a value of that type, or null. Rules: microsoft-apis 1.5. */
export const checkValue = (type: CreatableType, value: string, switches: Switches): Finding => {
  switch (type) {
    case "FileMd5":
    case "FileSha1":
    case "FileSha256":
    case "CertificateThumbprint":
      return checkHash(type, value, switches);
    case "IpAddress":
      return checkAddress(value, switches);
    case "DomainName":
      return isDomainName(value) ? null : problem("InvalidDomainName", `Domain name ${value} is invalid.`);
    case "Url":
      return isUrl(value) ? null : problem("InvalidUrl", `URL ${value} is invalid.`);
  }
};

const checkHash = (type: keyof typeof HASH_LENGTHS, value: string, switches: Switches): Finding => {
  if (!/^[0-9a-f]+$/i.test(value) || value.length !== HASH_LENGTHS[type]) {
    return problem("InvalidHashValue", `The hash value ${value} is invalid for ${type}.`);
  }
  if (type === "FileMd5" && switches.defenderMd5 === "refuse") {
    return problem("InvalidInput", "Indicators of type FileMd5 cannot be created.");
  }
  return null;
};

const checkAddress = (value: string, switches: Switches): Finding => {
  const family = isIPv4(value)
    ? "ipv4"
    : isIPv6(value) && value.split(":").length === 8 && !value.includes("::")
      ? "ipv6"
      : null;
  if (family === null) return problem("InvalidIpAddress", `IP address ${value} is invalid.`);
  const isRefused =
    NOT_EXTERNAL.check(value, family) ||
    (switches.defenderDocumentationRanges === "refuse" && DOCUMENTATION.check(value, family));
  return isRefused ? problem("InvalidIpAddress", `IP address ${value} is not an external address.`) : null;
};

const isDomainName = (value: string): boolean =>
  value.length <= 253 &&
  !value.startsWith("_") &&
  !isIPv4(value) &&
  /^(?:\w(?:[\w-]{0,61}\w)?\.)+[a-z0-9-]{2,63}$/i.test(value);

const isUrl = (value: string): boolean => {
  if (/[\s\p{Cc}]/u.test(value)) return false;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(withScheme)) return false;
  const url = new URL(withScheme);
  return (
    ["http:", "https:", "ftp:"].includes(url.protocol) && url.hostname !== "" && !url.hostname.includes("*")
  );
};

const problem = (code: string, message: string): Finding => ({ code, message });
