/** What a column or a field of a file of indicators holds. */
const ROLES = [
  ...(["value", "type", "comment", "confidence", "tags", "tlp", "validUntil"] as const),
  ...(["action", "severity", "state"] as const),
];
export type Role = (typeof ROLES)[number];

/**
 * Finds the names of a file's columns or fields by role: those of our exports and of the API, those of Microsoft Defender's own
 * CSV, and the usual others. The first name that fits wins, in the order of the roles' words.
 */
export const findRoles = (names: readonly string[]): Partial<Record<Role, string>> => {
  const byWord = new Map(names.map((name) => [name.toLowerCase().replaceAll(NOT_A_LETTER, ""), name]));
  const roles: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const word = WORDS[role].find((candidate) => byWord.has(candidate));
    const name = word === undefined ? undefined : byWord.get(word);
    if (name !== undefined) roles[role] = name;
  }
  return roles;
};

const NOT_A_LETTER = /[^a-z\d]/g;
const WORDS: Readonly<Record<Role, readonly string[]>> = {
  value: ["value", "indicatorvalue", "indicator", "ioc", "iocvalue", "observable"],
  type: ["type", "indicatortype", "ioctype"],
  comment: ["comment", "description", "note", "notes", "title"],
  confidence: ["confidence"],
  tags: ["tags", "tag", "labels"],
  tlp: ["tlp"],
  validUntil: ["validuntil", "expirationtime", "expirationdatetime", "expires", "expiresat", "expiry"],
  action: ["action"],
  severity: ["severity"],
  state: ["state"],
};
