import { parseJson } from "@/lib/feeds/text/json";

/**
 * The first document of a sample that may be cut anywhere: what had come of it up to the cut, with its brackets closed.
 * Undefined for what is no JSON.
 */
export const parseBeginning = (sample: string): unknown => {
  const whole = parseJson(sample);
  if (whole.ok) return whole.value;
  const closed = parseJson(closeBrackets(sample));
  return closed.ok ? closed.value : undefined;
};

/** Cuts behind the last value that came whole, and closes what is open there. */
const closeBrackets = (sample: string): string => {
  const open: string[] = [];
  let good = { end: 0, closers: "" };
  let isQuoted = false;
  for (let at = 0; at < sample.length; at++) {
    const character = sample.charAt(at);
    if (isQuoted) {
      if (character === "\\") at++;
      else isQuoted = character !== '"';
      continue;
    }
    if (character === '"') isQuoted = true;
    else if (character === ",") good = { end: at, closers: open.join("") };
    else if (character === "{" || character === "[") {
      open.unshift(character === "{" ? "}" : "]");
      good = { end: at + 1, closers: open.join("") };
    } else if (character === "}" || character === "]") {
      open.shift();
      good = { end: at + 1, closers: open.join("") };
    }
  }
  return sample.slice(0, good.end) + good.closers;
};
