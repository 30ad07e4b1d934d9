/** `capacity`: no room. `invalid`: the same record would be refused again. `conflict`: another's record is in the way. */
export type RefusalCode = "capacity" | "invalid" | "conflict" | "other";

/** What kind of refusal a vendor's words are. */
export const refusalCode = (reason: string): RefusalCode => {
  if (/max(?:imum)? capacity exceeded/i.test(reason)) return "capacity";
  if (/another application|already (?:exists|created)|conflict|created by/i.test(reason)) return "conflict";
  return INVALID.test(reason) ? "invalid" : "other";
};

const INVALID =
  /invalid|not (?:valid|supported|an external)|unsupported|cannot be created|must be|missing|empty|inactive|expir|white ?space/i;

/** Whether trying the same again cannot help. What is refused for its end may be taken with a later one. */
export const isRefusedForGood = (code: RefusalCode, reason: string): boolean =>
  code === "invalid" && !EXPIRED.test(reason);

const EXPIRED = /expir/i;

/** What a person can do about a refusal in a vendor's words; null where nobody knows. */
export const adviceOn = (reason: string): string | null => {
  const code = refusalCode(reason);
  if (code === "invalid") return ADVICE.find(({ says }) => says.test(reason))?.advice ?? UNREADABLE;
  return code === "other" ? null : ELSEWHERE[code];
};

const ELSEWHERE: Readonly<Record<"capacity" | "conflict", string>> = {
  capacity: "The tenant is full. Free places there, or let this connector take less, then plan again.",
  conflict:
    "Somebody else’s record of this value is in the way. Have it removed in Microsoft’s portal, or leave it out here.",
};

const ADVICE: readonly { says: RegExp; advice: string }[] = [
  {
    says: EXPIRED,
    advice: "Its end is past or too near. Give it a later one, or the connector more days, then plan again.",
  },
  {
    says: /external/i,
    advice: "It is an address of a private or reserved network. Withdraw it, or correct it at its source.",
  },
  {
    says: /not supported|unsupported|cannot be created/i,
    advice:
      "It cannot stand there like this. Choose another action for its type, or let this connector leave its type out.",
  },
];

const UNREADABLE =
  "It is not taken as it is written. Correct it at its source, or withdraw it and add it anew.";
