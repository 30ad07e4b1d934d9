/**
 * Takes the harmless spelling off a value: hxxp(s), [.] (.) {.} [dot] (at) [:] [/] [://] and relatives, any case.
 * The spellings are those of the contracts page, of MISP's parser and of the reports that people paste.
 */
export const refang = (text: string): string => {
  let live = text;
  // A repair can uncover another one (`[[.]]`), and a value normalised twice must not change.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = live;
    if (BRACKET.test(live)) live = withoutHalves(withoutBrackets(live));
    live = live.replace(FAKE_SCHEME, realScheme);
    if (live === before) return live;
  }
  return live;
};

const withoutBrackets = (text: string): string =>
  text
    .replace(TT, "$1tt")
    .replace(DOT, ".")
    .replace(AT, "@")
    .replace(SCHEME_IN_BRACKETS, "$1://")
    .replace(SEPARATOR, "$1");

/** Half a bracket, or one around any other character, is harmless spelling in a host; in a path it may be meant. */
const withoutHalves = (text: string): string => {
  const scheme = text.indexOf("://");
  const slash = text.indexOf("/", scheme === -1 ? 0 : scheme + 3);
  const end = slash === -1 ? text.length : slash;
  const host = text
    .slice(0, end)
    .replace(AROUND_ONE, "$1")
    .replace(HALF_DOT, ".")
    .replace(HALF_DOT_WORD, ".")
    .replace(OPEN_HOST, "$1");
  // `evil.com[/path`
  return (slash === -1 ? host : host.replace(OPEN_END, "")) + text.slice(end);
};

const realScheme = (_match: string, name: string, secure: string): string =>
  `${REAL_SCHEMES.get(name.slice(0, 2).toLowerCase()) ?? "http"}${secure.toLowerCase()}://`;

const MAX_PASSES = 8;
const BRACKET = /[()[\]{}]/;
const TT = /^(h)\[tt\]/i;
// Every run has a bound: a hostile line must not take longer than its length.
const DOT = / {0,3}\\{0,4}[([{]{1,5} {0,3}\\{0,4}(?:\.|dot) {0,3}\\{0,4}[)\]}]{1,5} {0,3}/gi;
const AT = / {0,2}[([{]{1,2} {0,2}(?:@|at) {0,2}[)\]}]{1,2} {0,2}/gi;
const SCHEME_IN_BRACKETS = /^\[([a-z*_]{2,8})(?::\/\/\]|\]:\/\/)/i;
const SEPARATOR = /[([{](:\/\/|:\/|:|\/\/|\/)[)\]}]/g;
const AROUND_ONE = /\[([^[\]\s])\]/g;
const HALF_DOT = / ?\[{1,5}\.|\.\]{1,5} ?|\b[({]{1,5}\.\b|\b\.[)}]{1,5}\b/g;
const HALF_DOT_WORD = / ?\[dot ?(?=\w)|(?<=\w) ?dot\] ?\b/gi;
// Only an address in brackets begins so, and that one closes them.
const OPEN_HOST = /^([a-z*_]{2,8}:\/\/)\[(?!.{0,80}\])/i;
const OPEN_END = /[([{]$/;
const FAKE_SCHEME = /^(hxxp|hxtp|htxp|h__p|h\*\*p|meow|fxp|ftx|sfxp)(s?):\/\//i;
const REAL_SCHEMES: ReadonlyMap<string, string> = new Map([
  ["fx", "ftp"],
  ["ft", "ftp"],
  ["sf", "sftp"],
]);
