/** What a person sees of an HTML page, and what else runs unseen to its end because nobody closed it. */
type SeenText = { text: string; unclosed: string | null };

/**
 * The text of an HTML page, line for line as a person sees it, each address that a tag holds in `<…>` behind it: what a link
 * says and where it leads are often two things. Takes time in proportion to the page, whatever stands in it.
 */
export const htmlToText = (html: string): SeenText => {
  let unclosed: string | null = null;
  // White space of the source is no line end of the page.
  const marked = html.replaceAll(/\s+/g, " ").replaceAll(TOKEN, (...found: unknown[]) => {
    const { comment, element, hidden, name, rest = "", end } = found.at(-1) as Token;
    if (comment === "") unclosed = "a comment";
    if (element === "" && hidden !== undefined) unclosed = `<${hidden.toLowerCase()}>`;
    // No half of a tag hides what stands behind it.
    if (end === "") return String(found[0]);
    if (name === undefined) return " ";
    const addresses = [...rest.matchAll(ADDRESSES)].map(([, quoted, bare]) => ` <${quoted ?? bare ?? ""}> `);
    return (BLOCKS.has(name.toLowerCase()) ? "\n" : " ") + addresses.join("");
  });
  const text = unescapeEntities(marked)
    .split("\n")
    .map((line) => line.replaceAll(/ {2,}/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");
  return { text, unclosed };
};

type Token = Partial<Record<"comment" | "element" | "hidden" | "name" | "rest" | "end", string>>;

const unescapeEntities = (text: string): string =>
  text.replaceAll(ENTITY, (whole, name: string) => {
    const number = NUMBERED.exec(name);
    if (number === null) return NAMED.get(name.toLowerCase()) ?? whole;
    const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });

// One pass, as a browser reads: what looks like a comment inside an attribute is none. Each token ends at its end or with the
// text, so that nothing is searched twice; a comment ends as browsers end it, so that nobody hides a link behind one.
const TOKEN =
  /<!--(?:-?>|[\s\S]*?(?<comment>--!?>|$))|<(?<hidden>style|script|title)\b[\s\S]*?(?<element><\/\k<hidden>(?=[\s/>])[^>]*(?:>|$)|$)|<(?:!|\/?(?<name>[a-z][a-z\d]*)\b)(?<rest>(?:=\s?"[^"]{0,4000}"|=\s?'[^']{0,4000}'|[^>])*)(?<end>>|$)/gi;
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
