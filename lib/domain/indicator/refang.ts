/**
 * Takes the harmless spelling off a value: hxxp(s), [.] (.) {.} [dot] (at) [:] [/] [://] and relatives, any case.
 * The spellings are those of the contracts page, of MISP's parser and of the reports that people paste.
 */
export const refang = (text: string): string => {
  let live = text;
  // A repair can uncover another one (`[[.]]`), and a value normalised twice must not change.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = live;
    if (BRACKET.test(live)) live = withoutBrackets(live);
    live = live.replace(FAKE_SCHEME, realScheme);
    if (live === before) return live;
  }
  return live;
};

const withoutBrackets = (text: string): string =>
  text
    .replace(TT, "$1tt")
    .replace(DOT, ".")
    .replace(HALF_DOT, ".")
    .replace(AT, "@")
    .replace(SCHEME_IN_BRACKETS, "$1://")
    .replace(SEPARATOR, "$1");

const realScheme = (_match: string, name: string, secure: string): string =>
  `${/^f/i.test(name) ? "ftp" : "http"}${secure.toLowerCase()}://`;

const MAX_PASSES = 8;
const BRACKET = /[()[\]{}]/;
const TT = /^(h)\[tt\]/i;
const DOT = / ?[([{]{1,3} ?(?:\.|dot) ?[)\]}]{1,3} ?/gi;
const HALF_DOT = /\[\.|\.\]/g;
const AT = / ?[([{] ?(?:@|at) ?[)\]}] ?/gi;
const SCHEME_IN_BRACKETS = /^\[([a-z]{2,8}):\/\/\]/i;
const SEPARATOR = /[([{](:\/\/|:\/|:|\/\/|\/)[)\]}]/g;
const FAKE_SCHEME = /^(hxxp|hxtp|htxp|h__p|h\*\*p|meow|fxp)(s?):\/\//i;
