/**
 * What a text that fits none of our types is all the same, as the end of a sentence; null when nobody could say. Only a
 * better reason: no such value is ever taken for an indicator.
 */
export const nameOfOther = (text: string): string | null => {
  for (const [form, name] of FORMS) if (form.test(text)) return name;
  return null;
};

/** The name of another kind of hash that stands before one (`imphash: …`): by its digits alone it would be an MD5. */
export const foreignHashes = (line: string): { rest: string; found: readonly ForeignHash[] } | null => {
  if (!PERHAPS_NAMED.test(line)) return null;
  const found: ForeignHash[] = [];
  const rest = line.replace(NAMED_HASH, (text, name: string) => {
    found.push({ text, name });
    return " ";
  });
  return found.length === 0 ? null : { rest, found };
};

/** Whether a text is nothing but such a name. */
export const isForeignHashName = (text: string): boolean => ONLY_NAME.test(text);

type ForeignHash = { text: string; name: string };

const NAMES = [
  "imp[ -]?hash",
  "import hash",
  "authentihash",
  "pe[ -]?hash",
  "v[ -]?hash",
  "telfhash",
  "cdhash",
  "rich(?: ?pe)?(?: header)? hash",
  "ja3s?(?: hash| fingerprint)?",
  "ja4[a-z]{0,2}",
  "jarm",
  "hassh(?:server)?",
  "tlsh",
  "d(?:om)?[ -]?hash",
  "(?:favicon|icon) hash",
  "git commit",
].join("|");
const PERHAPS_NAMED = /hash|hassh|ja[34]|jarm|tlsh|git commit/i;
const NAMED_HASH = new RegExp(
  `(?<![\\w/.])(${NAMES})["']?(?: {0,4}[:=|-]{1,2} {0,8}|\\s{1,8})["']?[\\da-f]{32,128}\\b`,
  "gi",
);
const ONLY_NAME = new RegExp(`^(?:${NAMES})$`, "i");

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^CVE[-\u2013 ]\d{4}[-\u2013]\d{4,9}$/i, "is the number of a vulnerability"],
  [/^(?:CWE|CAPEC|GHSA)-[\w-]{1,20}$/i, "is the number of a weakness"],
  [/^ASN? ?\d{1,10}$/i, "is the number of a network operator (AS)"],
  [/^\d{1,10}:[\w/+]{3,128}:[\w/+]{1,128}$/, "is an ssdeep hash, which no destination takes"],
  [/^T1[\da-f]{70}$/i, "is a TLSH hash, which no destination takes"],
  [
    /^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$|^(?:[\da-f]{4}\.){2}[\da-f]{4}$/i,
    "is the address of a network card (MAC)",
  ],
  [
    /^(?:(?:MD5|SHA256):)?(?:[\da-f]{2}:){15,31}[\da-f]{2}$|^SHA256:[\w+/]{43}$/i,
    "is the fingerprint of a key or a certificate",
  ],
  [/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, "is a UUID"],
  [/^(?:HKLM|HKCU|HKCR|HKU|HKCC|HKEY_[A-Z_]{4,20})[:\\]/i, "is a registry key"],
  [/^(?:[a-z]:|\\)\\|^%\w{1,40}%\\|^~?\/[^/]/i, "is the path of a file"],
  [
    /^(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc|tb)1[\da-z]{11,71})$|^BC1[\dA-Z]{11,71}$/,
    "is a Bitcoin address",
  ],
  [/^0x[\da-f]{40}$/i, "is an Ethereum address"],
  [/^\d{4}-\d{2}-\d{2}$/, "is a date"],
  [/^\+\d[\d ()/-]{4,20}$/, "is a telephone number"],
];
