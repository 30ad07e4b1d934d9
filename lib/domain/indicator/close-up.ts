/** Takes out the blanks and backslashes that people put inside one value, where nothing else can be meant. */
export const closeUp = (text: string): string => {
  if (text.includes(" ")) return withoutBlanks(text);
  return text.includes("\\") ? withoutBackslashes(text) : text;
};

const withoutBlanks = (text: string): string => {
  const url = text.replace(SPACED_SCHEME, "$1");
  if (url !== text) return url;
  const host = text.replace(PORT_WORD, "$1:$2");
  if (host !== text) return host;
  if (SPACED_AT.test(text)) return text.replace(BLANKS_AROUND_AT, "@");
  // Once there is an @, `example dot com` is no sentence any more.
  if (DOT_WORDS.test(text)) return text.replace(DOT_WORD, ".");
  return withoutBackslashes(text);
};

/** `evil\.com`, as regular expressions and shells write it. A path has its backslashes elsewhere. */
const withoutBackslashes = (text: string): string => {
  const name = ESCAPED_NAME.exec(text)?.[0];
  return name === undefined ? text : name.replace(ESCAPED_DOT, ".") + text.slice(name.length);
};

const SPACED_SCHEME = /^([a-z*_]{2,8}:\/\/) {1,3}(?=\S)/i;
const PORT_WORD = /^([^\s:]{4,253}) port (\d{1,5})$/i;
const SPACED_AT = /^[^\s@/,;:<>"'()[\]]{1,64} {0,2}@ {0,2}[^\s@/]{1,200}\.[^\s@/.]{2,63}$/;
const BLANKS_AROUND_AT = / {0,2}@ {0,2}/;
const DOT_WORDS = /^[^\s@]{1,64}@[^\s@]{1,200}(?: dot [^\s@.]{1,63}){1,5}$/i;
const DOT_WORD = / dot /gi;
const ESCAPED_NAME = /^[\w-]{1,63}(?: ?\\{1,8}\. ?[\w-]{1,63}|\.[\w-]{1,63}){1,20}(?=$|[:/])/;
const ESCAPED_DOT = / ?\\{1,8}\. ?/g;
