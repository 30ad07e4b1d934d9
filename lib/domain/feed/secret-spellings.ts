/** Shorter ones would hide half of the text, and are no secrets. */
const SHORTEST = 4;
const SCHEME = /^(?:bearer|basic|token|api-?key|key|digest|sharedkey) +(?=\S)/i;
const BASIC = /^basic +/i;

/**
 * The ways in which a server may repeat secrets that it was asked with: as they are, without the scheme of the header they came
 * in, undone or done as Base64 and in percent, and as JSON writes them. Longest first, so that no part of a longer one is hidden
 * and leaves the rest behind.
 */
export const spellingsOf = (secrets: readonly string[]): readonly string[] => {
  const bare = secrets.flatMap((secret) => [secret, secret.replace(SCHEME, ""), ...insideBasic(secret)]);
  const spelled = bare.flatMap((secret) => [
    secret,
    unescapePercent(secret),
    encodeURIComponent(Buffer.from(secret).toString()),
  ]);
  const written = spelled.flatMap((secret) => {
    const inJson = JSON.stringify(secret).slice(1, -1);
    return [secret, inJson, inJson.replaceAll("/", "\\/")];
  });
  return [...new Set(written)]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((one, other) => other.length - one.length);
};

/** `user:password` and the password, where a header holds them. */
const insideBasic = (header: string): readonly string[] => {
  if (!BASIC.test(header)) return [];
  const pair = Buffer.from(header.replace(BASIC, ""), "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon === -1 ? [] : [pair, pair.slice(colon + 1)];
};

const unescapePercent = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign: it was never escaped
  }
};
