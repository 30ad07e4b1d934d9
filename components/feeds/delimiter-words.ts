/** The delimiters that lists use, as the form sends them. */
export const DELIMITERS = [
  { value: ",", label: "Comma ," },
  { value: ";", label: "Semicolon ;" },
  { value: String.raw`\t`, label: "Tab" },
  { value: "|", label: "Bar |" },
  { value: " ", label: "Blanks" },
] as const;

/** "comma" for ",": a delimiter inside a sentence. */
export const delimiterWord = (delimiter: string): string => WORDS[delimiter] ?? `“${delimiter}”`;

const WORDS: Readonly<Record<string, string>> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  [String.raw`\t`]: "tab",
  "|": "bar",
  " ": "blanks",
};
