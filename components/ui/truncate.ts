/** What a cut puts in the place of what it took away. */
const ELLIPSIS = "…";

/** Cuts in the middle to at most `max` characters: the start says what it is, the end tells two of them apart. */
export const truncateMiddle = (text: string, max: number): string => {
  const characters = Array.from(text);
  if (characters.length <= max) return text;
  const kept = Math.max(max - ELLIPSIS.length, 0);
  const head = Math.ceil(kept / 2);
  const tail = kept - head;
  return characters.slice(0, head).join("") + ELLIPSIS + characters.slice(characters.length - tail).join("");
};

/** The part that may be cut and the last `tailLength` characters that stay, for a cut made by the layout itself. */
export const splitTail = (text: string, tailLength: number): { head: string; tail: string } => {
  const characters = Array.from(text);
  // A tail longer than the head would leave nothing to cut.
  const tail = characters.length > tailLength * 2 ? tailLength : 0;
  return {
    head: characters.slice(0, characters.length - tail).join(""),
    tail: characters.slice(characters.length - tail).join(""),
  };
};
