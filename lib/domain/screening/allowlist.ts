/** How the entries of a list are compared with a value; MISP's warninglists have the same five. */
export const MATCHES = ["string", "substring", "hostname", "cidr", "regex"] as const;
export type AllowlistMatch = (typeof MATCHES)[number];

/** What a hit does to a value, the strictest first. */
export const EFFECTS = ["stop", "audit-only", "warn"] as const;
export type AllowlistEffect = (typeof EFFECTS)[number];
