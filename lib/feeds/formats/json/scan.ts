import { MAX_LINE_CHARS } from "@/lib/feeds/text/lines";

import type { Step } from "./list-path";
import { passValue, startPassing } from "./pass-value";

/** An item as it stands in the document; of one that is longer than 1 MB only the beginning. */
export type ScannedItem = { text: string; isTooLong: boolean };

export type Scanner = {
  /** The items that this piece completes. Throws BrokenJson once the document has broken the rules of JSON. */
  push: (piece: string) => readonly ScannedItem[];
  /** What only the end completes. Throws BrokenJson when the document is not whole. */
  end: () => readonly ScannedItem[];
};

/** Where and why a document is no JSON, as the end of a sentence. */
export class BrokenJson extends Error {
  override readonly name = "BrokenJson";
}

/**
 * Finds the items of a document while it arrives, and keeps nothing but the one it is in. What lies beside the way is
 * passed over by its brackets and quotes; items are for JSON.parse to judge. Items that are null are none.
 */
export const createScanner = (steps: readonly Step[]): Scanner => {
  const open: Container[] = [];
  let items: ScannedItem[] = [];
  let state: State = "value";
  /** The steps that lead to the next value; null when it lies beside the way. */
  let way: number | null = 0;
  let passing = startPassing();
  let isKept = false;
  let text = "";
  let passed = 0;
  let broken: BrokenJson | null = null;

  const fail = (what: string, at: number): never => {
    throw new BrokenJson(`${what} after ${(passed + at).toLocaleString("en-US")} characters`);
  };

  const begin = (character: string, at: number): number => {
    const target = way === null ? "beside" : descend(steps, way, character);
    if (typeof target !== "string") {
      open.push(target);
      way = target.below;
      state = target.closer === "]" ? "first-value" : "first-key";
      return at + 1;
    }
    if (!VALUE_START.test(character)) fail(`there is an unexpected “${character}”`, at);
    isKept = target === "item";
    text = "";
    passing = startPassing();
    state = "inner";
    return at;
  };

  const beginKey = (character: string, at: number): number => {
    if (character !== '"') fail(`there is an unexpected “${character}” instead of a name`, at);
    isKept = true;
    text = "";
    passing = startPassing();
    state = "key-text";
    return at;
  };

  const goOn = (piece: string, from: number): number => {
    const end = passValue(piece, from, passing);
    const until = end === -1 ? piece.length : end;
    if (isKept && text.length <= MAX_LINE_CHARS) text += piece.slice(from, until);
    if (end !== -1) complete();
    return until;
  };

  const complete = (): void => {
    if (state === "key-text") {
      const { name = null, below = 0 } = open.at(-1) ?? {};
      way = name === null || readKey(text) === name ? below : null;
      state = "colon";
      return;
    }
    const isTooLong = text.length > MAX_LINE_CHARS;
    if (isKept && text !== "null") items.push({ text: text.slice(0, MAX_LINE_CHARS), isTooLong });
    state = open.length === 0 ? "done" : "after";
  };

  const close = (character: string, at: number): number => {
    if (open.pop()?.closer !== character) fail(`there is an unexpected “${character}”`, at);
    state = open.length === 0 ? "done" : "after";
    return at + 1;
  };

  const separate = (character: string, at: number): number => {
    const container = open.at(-1);
    if (character !== "," || container === undefined) return close(character, at);
    way = container.below;
    state = container.closer === "]" ? "value" : "key";
    return at + 1;
  };

  const takeColon = (character: string, at: number): number => {
    if (character !== ":") fail(`there is an unexpected “${character}” instead of a colon`, at);
    state = "value";
    return at + 1;
  };

  const read = (piece: string, at: number): number => {
    if (state === "inner" || state === "key-text") return goOn(piece, at);
    const character = piece.charAt(at);
    if (BLANKS.includes(character)) return at + 1;
    switch (state) {
      case "first-value":
        return character === "]" ? close(character, at) : begin(character, at);
      case "value":
        return begin(character, at);
      case "first-key":
        return character === "}" ? close(character, at) : beginKey(character, at);
      case "key":
        return beginKey(character, at);
      case "colon":
        return takeColon(character, at);
      case "after":
        return separate(character, at);
      case "done":
        return fail("there is more", at);
    }
  };

  const taken = (): readonly ScannedItem[] => {
    const complete = items;
    items = [];
    return complete;
  };

  return {
    push: (piece) => {
      if (broken) throw broken;
      try {
        for (let at = 0; at < piece.length;) at = read(piece, at);
      } catch (error) {
        if (!(error instanceof BrokenJson)) throw error;
        // What came before the break is still there; the next call tells of it.
        broken = error;
      }
      passed += piece.length;
      return taken();
    },
    end: () => {
      if (broken) throw broken;
      const isBlank = state === "value" && open.length === 0;
      // A number or a word alone ends with the document.
      if (state === "inner" && open.length === 0 && passing.depth === 0 && !passing.isQuoted) complete();
      if (state !== "done" && !isBlank) fail("it ends", 0);
      return taken();
    },
  };
};

type State =
  "value" | "first-value" | "inner" | "first-key" | "key" | "key-text" | "colon" | "after" | "done";

/** A list or object on the way to items. `name` is the one field that leads on; null: all do. */
type Container = { closer: "]" | "}"; below: number; name: string | null };

/** Whether a value that begins so, and to which `from` steps lead, is an item, a container on the way, or neither. */
const descend = (steps: readonly Step[], from: number, character: string): Container | "item" | "beside" => {
  for (let at = from; ; at++) {
    const step = steps[at];
    if (step === undefined) return "item";
    switch (step.kind) {
      case "unfold":
        if (character === "[") return { closer: "]", below: at + 1, name: null };
        break;
      case "elements":
        return character === "[" ? { closer: "]", below: at + 1, name: null } : "beside";
      case "values":
        return character === "{" ? { closer: "}", below: at + 1, name: null } : "beside";
      case "key":
        return character === "{" ? { closer: "}", below: at + 1, name: step.name } : "beside";
    }
  }
};

/** A name as written, quotes and escapes undone; one that JSON does not know leads nowhere. */
const readKey = (text: string): string | null => {
  if (!text.includes("\\")) return text.slice(1, -1);
  try {
    return String(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const BLANKS = " \t\r\n";
const VALUE_START = /["[\d{fnt-]/;
