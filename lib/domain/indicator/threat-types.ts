/** Kinds of threat as one text, as it is stored; what does not fit whole is left out. */
export const joinThreatTypes = (types: readonly string[], maxCharacters: number): string => {
  const distinct = [...new Set(types.map((type) => type.trim()))].filter((type) => type !== "");
  let text = "";
  for (const type of distinct) {
    const longer = text === "" ? type.slice(0, maxCharacters) : `${text}${SEPARATOR}${type}`;
    if (longer.length <= maxCharacters) text = longer;
  }
  return text;
};

/** The kinds of threat in a text, one by one. */
export const splitThreatTypes = (text: string): readonly string[] =>
  text.includes(SEPARATOR) ? text.split(SEPARATOR) : [text];

const SEPARATOR = ", ";
