import ipaddr from "ipaddr.js";

import { ACTIONS, actionWords, type Action } from "@/lib/domain/connector/actions";
import { isNetwork, networkSize } from "@/lib/domain/indicator/expand";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { Candidate, Unsupported, UnsupportedCode, UnsupportedOptions } from "../contract";
import { DEFENDER_LIMITS } from "./limits";

/** Why Defender would refuse a value, or never match it; null when it takes it. Rules: microsoft-apis 1.5. */
export const defenderUnsupported = (
  { type, value }: Candidate,
  { action, acceptsMd5 = null, expandNetworksUpTo = 0 }: UnsupportedOptions,
): Unsupported | null => {
  if (isNetwork(type)) return wrongNetwork(value, expandNetworksUpTo);
  const wrong = wrongType(type, acceptsMd5) ?? wrongValue(type, value);
  if (wrong !== null) return wrong;
  if (action === undefined || defenderActions(type).includes(action)) return null;
  const possible = defenderActions(type).map(actionWords).join(", ");
  return because(
    "action_unsupported",
    `Defender cannot apply ${actionWords(action)} to this type; it can apply ${possible}.`,
  );
};

/** The actions Defender carries out on a type, mildest first; none for a type it does not take. */
export const defenderActions = (type: IndicatorType): readonly Action[] => ACTIONS_BY_TYPE[type];

/** Null for one that goes there as its addresses. */
const wrongNetwork = (network: string, most: number): Unsupported | null => {
  const size = networkSize(network);
  if (size <= most) return null;
  const rule = "Defender takes single IP addresses, no networks (CIDR).";
  if (most === 0) return because("network_unsupported", rule);
  const other = `This connector sends those of at most ${String(most)} addresses as their addresses; this one has ${size.toLocaleString("en")}.`;
  return because("network_unsupported", `${rule} ${other}`);
};

const wrongType = (type: IndicatorType, acceptsMd5: boolean | null): Unsupported | null => {
  if (type === "email")
    return because("email_unsupported", "Defender has no indicators for e-mail addresses.");
  if (type === "sha512")
    return because("sha512_unsupported", "Defender takes SHA-256 and SHA-1, no SHA-512.");
  if (type === "md5" && acceptsMd5 !== true)
    return because("md5_unsupported", acceptsMd5 === null ? MD5_UNTRIED : MD5_REFUSED);
  return null;
};

const MD5_UNTRIED =
  "Nobody has tried whether this Defender tenant takes MD5. Press “Try MD5” on the connector’s page, or use the file’s SHA-256 or SHA-1.";
const MD5_REFUSED =
  "This Defender tenant refused MD5 when it was tried; use the file’s SHA-256 or SHA-1. “Try MD5” on the connector’s page asks again.";

const wrongValue = (type: IndicatorType, value: string): Unsupported | null => {
  if ((type === "ipv4" || type === "ipv6") && !isExternal(value)) {
    return because(
      "address_not_external",
      "Defender takes external addresses only; this one is private or reserved.",
    );
  }
  if (type === "domain") return wrongHost(value);
  if (type !== "url") return null;
  if (value.length > DEFENDER_LIMITS.characters.url) {
    const most = String(DEFENDER_LIMITS.characters.url);
    return because(
      "value_too_long",
      `The URL has ${String(value.length)} characters; up to ${most} are sent to Defender.`,
    );
  }
  if (!URL_SCHEMES.test(value))
    return because("scheme_unsupported", "Defender matches http, https and ftp URLs only.");
  return URL.canParse(value) ? wrongHost(new URL(value).hostname) : null;
};

const wrongHost = (host: string): Unsupported | null => {
  if (host.startsWith("_"))
    return because("underscore_domain", "Defender refuses names that begin with an underscore.");
  // It would take the name and spend one of 15,000 places on it, but no machine ever looks such a name up.
  if (host.endsWith(".onion"))
    return because("onion_name", "Defender never sees .onion names: they are not looked up in DNS.");
  return null;
};

/**
 * Documentation ranges (203.0.113.0/24 and their like) count as external: Microsoft's rule is about internal addresses, its
 * own examples use them, and no feed lists them but a trial.
 */
const isExternal = (value: string): boolean => {
  if (!ipaddr.isValid(value)) return false;
  const address = ipaddr.parse(value);
  if (address.range() === "unicast") return address.kind() === "ipv4" || address.match(GLOBAL_UNICAST);
  return DOCUMENTATION.some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  );
};

const because = (code: UnsupportedCode, message: string): Unsupported => ({ code, message });

const URL_SCHEMES = /^(?:https?|ftp):\/\//i;
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");
const DOCUMENTATION = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"].map((cidr) =>
  ipaddr.parseCIDR(cidr),
);

const ON_NETWORK: readonly Action[] = ["Allowed", "Audit", "Warn", "Block"];
const ACTIONS_BY_TYPE: Readonly<Record<IndicatorType, readonly Action[]>> = {
  ipv4: ON_NETWORK,
  ipv6: ON_NETWORK,
  domain: ON_NETWORK,
  url: ON_NETWORK,
  md5: ACTIONS,
  sha1: ACTIONS,
  sha256: ACTIONS,
  "cert-sha1": ["Allowed", "BlockAndRemediate"],
  "ipv4-cidr": [],
  "ipv6-cidr": [],
  email: [],
  sha512: [],
};
