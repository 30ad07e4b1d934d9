/**
 * The text of an HTML page, line for line as a person sees it, each address that a tag holds in `<…>` behind it: what a link
 * says and where it leads are often two things.
 */
export const htmlToText = (html: string): string =>
  unescapeEntities(
    html
      .replaceAll(HIDDEN, " ")
      // White space of the source is no line end of the page.
      .replaceAll(/\s+/g, " ")
      .replaceAll(TAG, (_tag, name: string, rest: string) => {
        const addresses = [...rest.matchAll(ADDRESSES)].map(
          ([, quoted, bare]) => ` <${quoted ?? bare ?? ""}> `,
        );
        return (BLOCKS.has(name.toLowerCase()) ? "\n" : " ") + addresses.join("");
      }),
  )
    .split("\n")
    .map((line) => line.replaceAll(/ {2,}/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");

const unescapeEntities = (text: string): string =>
  text.replaceAll(ENTITY, (whole, name: string) => {
    const number = NUMBERED.exec(name);
    if (number === null) return NAMED.get(name.toLowerCase()) ?? whole;
    const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });

// Each ends at the next sign of its end or at the end of the text, so that no half of a tag is searched twice.
const HIDDEN = /<!--[\s\S]*?(?:-->|$)|<(style|script|head|title)\b[\s\S]*?(?:<\/\1\s*>|$)|<![^>]*>/gi;
const TAG = /<\/?([a-z][a-z\d]*)\b([^>]*)>/gi;
const ADDRESSES =
  /=\s?(?:["']\s?((?:[a-z*]{2,8}:\/\/|mailto:)[^"'<>]{1,4000})["']|([a-z*]{2,8}:\/\/[^\s"'<>]{1,4000}))/gi;
const BLOCKS: ReadonlySet<string> = new Set(
  "p br div tr li ul ol table h1 h2 h3 h4 h5 h6 hr blockquote pre section article header footer".split(" "),
);
const ENTITY = /&(#x?[\da-f]{1,7}|[a-z]{2,8});/gi;
const NUMBERED = /^#(?:x([\da-f]+)|(\d+))$/i;
const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
  ["shy", "\u00AD"],
  ["period", "."],
  ["colon", ":"],
  ["sol", "/"],
]);
