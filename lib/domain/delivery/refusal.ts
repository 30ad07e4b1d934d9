/**
 * `capacity`: no room. `invalid`: the same record would be refused again. `expired`: its end is in the way, and a later one may help.
 * `conflict`: another's record is in the way.
 */
export type RefusalCode = "capacity" | "invalid" | "expired" | "conflict" | "other";

/** What is not even sent for its end. */
export const ENDS_TOO_EARLY = {
  beforeSent: "Its validity ended before it was sent.",
  beforeBegin: "Its validity ends before it begins.",
} as const;

/** What kind of refusal a vendor's words are. */
export const refusalCode = (reason: string): RefusalCode => {
  if (/max(?:imum)? capacity exceeded/i.test(reason)) return "capacity";
  if (/another application|already (?:exists|created)|conflict|created by/i.test(reason)) return "conflict";
  if (isAboutEnd(reason)) return "expired";
  return INVALID.test(reason) ? "invalid" : "other";
};

/** Whether a vendor's words are about the end of a record. */
export const isAboutEnd = (reason: string): boolean => /expir|valid_?until/i.test(reason);

const INVALID =
  /invalid|not (?:valid|supported|an external)|unsupported|cannot be created|must be|missing|empty|inactive|white ?space|too long|max(?:imum)? length/i;

/** Whether trying the same again cannot help. What is refused for its end may be taken with a later one. */
export const isRefusedForGood = (code: RefusalCode): boolean => code === "invalid";

/** What a person can do about a refusal in a vendor's words; null where nobody knows. */
export const adviceOn = (reason: string): string | null => {
  const isOurs = reason === ENDS_TOO_EARLY.beforeSent || reason === ENDS_TOO_EARLY.beforeBegin;
  const code = isOurs ? "expired" : refusalCode(reason);
  if (code === "invalid") return ADVICE.find(({ says }) => says.test(reason))?.advice ?? UNREADABLE;
  return code === "other" ? null : ELSEWHERE[code];
};

const ELSEWHERE: Readonly<Record<"capacity" | "conflict" | "expired", string>> = {
  capacity: "The tenant is full. Free places there, or let this connector take less, then plan again.",
  expired: "Its end is past or too near. Give it a later one, or the connector more days, then plan again.",
  conflict:
    "Somebody else’s record of this value is in the way. Have it removed in Microsoft’s portal, or leave it out here.",
};

const ADVICE: readonly { says: RegExp; advice: string }[] = [
  {
    says: /external/i,
    advice: "It is an address of a private or reserved network. Withdraw it, or correct it at its source.",
  },
  {
    says: /(?:title|description) .+(?:long|length|characters)|(?:long|length|characters).+ (?:title|description)/i,
    advice:
      "What is to be read of it is longer than the tenant takes. Give the connector a shorter title or description for the portal, then plan again.",
  },
  {
    says: /not supported|unsupported|cannot be created/i,
    advice:
      "It cannot stand there like this. Choose another action for its type, or let this connector leave its type out.",
  },
];

const UNREADABLE =
  "It is not taken as it is written. Correct it at its source, or withdraw it and add it anew.";
