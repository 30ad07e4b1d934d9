import type { BundledEffect } from "@/lib/domain/screening/allowlist-input";
import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";

/** What an effect does to a value, as a title. */
export const EFFECT_TITLES: Readonly<Record<AllowlistEffect, string>> = {
  stop: "Never sent",
  "audit-only": "Audit at most",
  warn: "Look twice",
};

/** The effects as a person chooses them. */
export const EFFECT_LABELS: Readonly<Record<AllowlistEffect, string>> = {
  stop: "Stop: never sent",
  "audit-only": "Audit only: sent, never to block",
  warn: "Warn: sent, with a word",
};

/** How a list compares, with an example. */
export const MATCH_LABELS: Readonly<Record<AllowlistMatch, { label: string; hint: string }>> = {
  hostname: {
    label: "Domains",
    hint: "example.com is met by itself, everything below it, URLs and e-mail addresses on it, and by what lies above it.",
  },
  cidr: {
    label: "Networks",
    hint: "198.51.100.0/24 is met by addresses and networks inside it, by networks around it, and by URLs on such an address.",
  },
  string: { label: "Exact values", hint: "Any value in any spelling: a hash, an address, a URL." },
  substring: { label: "Parts of values", hint: "Any value that holds the text, of four characters or more." },
  regex: { label: "Patterns", hint: "Regular expressions as RE2 takes them, without look-around." },
};

/** The same for lists that come with the product and can be switched off. */
export const BUNDLED_TITLES: Readonly<Record<BundledEffect, string>> = { ...EFFECT_TITLES, off: "Off" };
export const BUNDLED_LABELS: Readonly<Record<BundledEffect, string>> = {
  ...EFFECT_LABELS,
  off: "Off: does nothing",
};
