export const MIN_PASSWORD_CHARACTERS = 12;
const MAX_PASSWORD_CHARACTERS = 200;

type Owner = { email: string; name: string };

/**
 * Why a password may not be chosen, as a sentence, or null when it may. Length counts, not kinds of characters (NIST SP
 * 800-63B, ASVS 5.0 6.2); what an attacker tries first does not.
 */
export const findPasswordProblem = (password: string, { email, name }: Owner): string | null => {
  const normal = password.normalize("NFKC");
  const length = Array.from(normal).length;
  if (length < MIN_PASSWORD_CHARACTERS)
    return `Use at least ${String(MIN_PASSWORD_CHARACTERS)} characters. A few words in a row are easy to remember.`;
  if (length > MAX_PASSWORD_CHARACTERS) return `Use at most ${String(MAX_PASSWORD_CHARACTERS)} characters.`;
  const lower = normal.toLowerCase();
  if (new Set(lower).size < MIN_DISTINCT || isRun(lower)) return "This repeats or counts. Use words instead.";
  if (isCommon(lower)) return "This is one of the passwords that are tried first. Use another one.";
  const own = personalWords(email, name).find((word) => lower.includes(word));
  if (own !== undefined) return `Leave your name and address (“${own}”) out of it.`;
  return null;
};

const MIN_DISTINCT = 5;

/** `123456789012`, `abcdefghijkl`: each character follows the one before, or the keyboard's row does. */
const isRun = (text: string): boolean => {
  const steps = Array.from(text)
    .slice(1)
    .filter((character, index) => isNext(text.charAt(index), character)).length;
  return steps >= text.length - 3;
};

const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop"];
const isNext = (one: string, two: string): boolean =>
  Math.abs((one.codePointAt(0) ?? 0) - (two.codePointAt(0) ?? 0)) === 1 ||
  ROWS.some((row) => row.includes(one + two) || row.includes(two + one));

const COMMON = new Set([
  "admin",
  "administrator",
  "azerty",
  "changeme",
  "default",
  "defender",
  "dragon",
  "football",
  "iloveyou",
  "letmein",
  "letmeinplease",
  "login",
  "microsoft",
  "monkey",
  "password",
  "passwordpassword",
  "passw",
  "passwd",
  "passwort",
  "qwerty",
  "qwertz",
  "qwertyqwerty",
  "secret",
  "security",
  "sentinel",
  "sluice",
  "spring",
  "summer",
  "autumn",
  "winter",
  "sunshine",
  "superman",
  "temporary",
  "threatintel",
  "trustno",
  "welcome",
  "winteriscoming",
]);

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
};

/** A common word with digits and signs around it, also when written `p4ssw0rd`. */
const isCommon = (lower: string): boolean => {
  const plain = lower.replaceAll(/[^a-z]/g, "");
  const core = lower.replaceAll(/^[^a-z@$]+|[^a-z@$]+$/g, "");
  const unleet = Array.from(core, (character) => LEET[character] ?? character)
    .join("")
    .replaceAll(/[^a-z]/g, "");
  return COMMON.has(plain) || COMMON.has(unleet);
};

const personalWords = (email: string, name: string): string[] => {
  const [local = "", domain = ""] = email.toLowerCase().split("@");
  return [
    local,
    ...local.split(/[._+-]/),
    domain.split(".")[0] ?? "",
    ...name.toLowerCase().split(/\s+/),
  ].filter((word) => word.length >= 4);
};
