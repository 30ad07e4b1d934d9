const MAX_CHARACTERS = 400;

/** An entry's detail as one readable line: `name: X · added: 3`. Long ones are cut; the export holds all. */
export const toFacts = (detail: unknown): string => {
  if (typeof detail !== "object" || detail === null) return "";
  const line = Object.entries(detail)
    .map(([key, value]) => `${key}: ${toText(value)}`)
    .join(" · ");
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
};

const toText = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((item) => toText(item)).join(", ");
  return JSON.stringify(value);
};
