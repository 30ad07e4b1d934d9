/** One line of at most `maxCharacters`: control characters and runs of white space become one space, a cut ends in `…`. */
export const toPlainText = (text: string, maxCharacters: number): string => {
  const line = PLAIN.test(text) ? text : text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  // Counted in UTF-16 units as the services do, but never cut inside a character.
  if (line.length <= maxCharacters) return line;
  const kept = line.slice(0, maxCharacters - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, "").trimEnd()}…`;
};

/** Most texts are a plain line already, which is told much faster than it is made. */
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
