/** FIRST 2.0, mildest first. THE ORDER IS FIXED: the 1-based position is the smallint stored in PostgreSQL. */
export const TLPS = ["clear", "green", "amber", "amber+strict", "red"] as const;
export type Tlp = (typeof TLPS)[number];

export const TLP_LABELS: Readonly<Record<Tlp, string>> = {
  clear: "TLP:CLEAR",
  green: "TLP:GREEN",
  amber: "TLP:AMBER",
  "amber+strict": "TLP:AMBER+STRICT",
  red: "TLP:RED",
};

/** The smallint that stands for a marking in PostgreSQL; a larger one is stricter. */
export const tlpCode = (tlp: Tlp): number => TLP_CODES[tlp];

/** The marking behind a stored smallint. Throws RangeError for a number that no marking has. */
export const tlpFromCode = (code: number): Tlp => {
  const tlp = TLPS[code - 1];
  if (!tlp) throw new RangeError(`No TLP has the code ${String(code)}.`);
  return tlp;
};

/** The stricter of two markings: nobody's restriction is ever loosened by another source. */
export const strictest = (one: Tlp, other: Tlp): Tlp => (TLP_CODES[one] >= TLP_CODES[other] ? one : other);

/** Reads "white", "TLP:WHITE", "tlp:amber+strict" in any case; null for everything that is no marking of ours. */
export const parseTlp = (text: string): Tlp | null => {
  const word = text.trim().toLowerCase();
  const name = (word.startsWith("tlp") ? word.slice(3).replace(/^[:\s_-]/, "") : word).trim();
  return SPELLINGS.get(name) ?? null;
};

const TLP_CODES: Readonly<Record<Tlp, number>> = { clear: 1, green: 2, amber: 3, "amber+strict": 4, red: 5 };

const SPELLINGS: ReadonlyMap<string, Tlp> = new Map<string, Tlp>([
  ...TLPS.map((tlp) => [tlp, tlp] as const),
  ["white", "clear"], // the name of "clear" in TLP 1.0
  ["amber-strict", "amber+strict"],
  ["amber_strict", "amber+strict"],
  ["amber strict", "amber+strict"],
]);
