/** Stands in a saved address where a key was: what stood there is sealed. */
const SEALED_KEY = "{sealed}";

/** The keys of an address by the names of their parameters, in the order in which they stand there. */
export type AddressKeys = Record<string, string[]>;

/**
 * Takes the keys out of an address: some vendors want theirs as a parameter. What is taken is by the parameter's name
 * (`apikey`, `access_token`, `sig`, …); a key that is part of the path cannot be told from the path.
 */
export const takeKeys = (address: string): { address: string; keys: AddressKeys } => {
  const keys: Record<string, string[]> = {};
  const taken = replaceKeys(address, (name, value) => {
    if (value === "" || value === SEALED_KEY) return value;
    (keys[name] ??= []).push(value);
    return SEALED_KEY;
  });
  return { address: taken, keys };
};

/** Puts the keys back where they stood. Null when one is wanted that is not there. */
export const putKeys = (address: string, keys: AddressKeys): string | null => {
  const rest = new Map(Object.entries(keys).map(([name, values]) => [name, [...values]]));
  let missing = 0;
  const put = replaceKeys(address, (name, value) => {
    if (value !== SEALED_KEY) return value;
    const key = rest.get(name)?.shift();
    if (key === undefined) missing += 1;
    return key ?? value;
  });
  return missing === 0 ? put : null;
};

/** An address with its keys emptied, for whoever must not have them. */
export const emptyKeys = (address: string): string => replaceKeys(address, () => "");

/** The names of the parameters in which an address has a key, or a place for one. */
export const namesOfKeys = (address: string): string[] => {
  const names = new Set<string>();
  replaceKeys(address, (name, value) => {
    names.add(name);
    return value;
  });
  return [...names];
};

/** Whether a key of an address was emptied. */
export const lacksKeys = (address: string): boolean => {
  let lacks = false;
  replaceKeys(address, (_name, value) => {
    if (value === "") lacks = true;
    return value;
  });
  return lacks;
};

/** Whether an address waits for keys that are sealed. */
export const wantsKeys = (address: string): boolean => putKeys(address, {}) === null;

// Only the values of keys are touched: a vendor may care how the rest is written.
const replaceKeys = (address: string, replace: (name: string, value: string) => string): string => {
  const start = address.indexOf("?");
  if (start === -1) return address;
  const end = address.indexOf("#", start);
  const query = address.slice(start + 1, end === -1 ? undefined : end);
  const parts = query.split("&").map((part) => {
    const equals = part.indexOf("=");
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    if (equals === -1 || !KEY_NAME.test(name) || NO_KEY.test(name)) return part;
    return (
      part.slice(0, equals + 1) + replace(name, part.slice(equals + 1).replace(/^%7Bsealed%7D$/i, SEALED_KEY))
    );
  });
  return `${address.slice(0, start + 1)}${parts.join("&")}${end === -1 ? "" : address.slice(end)}`;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Named like a key, and says where a list goes on or how it is sorted. */
const NO_KEY = /^(?:continuation|group|next|order|page|partition|primary|row|sort|sync)[-_]?(?:key|token)$/i;
const KEY_NAME =
  /key$|(?:^|[^a-z])(?:pass|pwd|sas|sig)$|^(?:code|key)$|auth$|oauth|authoriz|authentic|auth[-_]?(?:code|key)|token|secret|passw|signature/i;
