import { AppError } from "@/lib/domain/errors";

/** Where the parts of an event's document go. */
type Sink = {
  /** An element of the event's list of attributes or objects, as JSON. */
  element: (list: "Attribute" | "Object", json: string) => void;
  /** One that was too long to be kept, most often for a sample that is attached to it. */
  tooLong: (list: "Attribute" | "Object") => void;
};
type Frame = { isList: boolean; key: string };

/**
 * Cuts the document of an event apart while it arrives: its attributes and objects one by one, the rest at the end. So an
 * event with hundreds of thousands of attributes costs no more memory than one of them. Throws an AppError for a document
 * that is no JSON; what is cut out is parsed by whoever gets it.
 */
export const createEventSplitter = (sink: Sink) => {
  const frames: Frame[] = [];
  const rest: string[] = [];
  let restLength = 0;
  let key = "";
  let keyStart = -1;
  let keyPart = "";
  let mayBeKey = false;
  let isQuoted = false;
  let isEscaped = false;
  /** The list whose elements are cut out. */
  let list: "Attribute" | "Object" | null = null;
  let element: string[] | null = null;
  let elementLength = 0;
  let depth = 0;

  const keep = (text: string): void => {
    restLength += text.length;
    if (restLength > MAX_REST_CHARS) throw broken("is too large beside its attributes");
    rest.push(text);
  };

  const open = (isList: boolean): void => {
    if (isList && (key === "Attribute" || key === "Object") && isInEvent(frames)) list = key;
    frames.push({ isList, key: frames.at(-1)?.isList ? "" : key });
    if (frames.length > MAX_DEPTH) throw broken("is nested too deeply");
    mayBeKey = !isList;
    key = "";
  };

  const close = (): void => {
    if (frames.pop() === undefined) throw broken("is no JSON");
    mayBeKey = false;
  };

  /** Outside the lists. Gives the position behind what was read. */
  const passRest = (text: string, from: number): number => {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (isQuoted) {
        if (isEscaped) isEscaped = false;
        else if (code === BACKSLASH) isEscaped = true;
        else if (code === QUOTE) {
          isQuoted = false;
          if (mayBeKey) key = keyPart + text.slice(Math.max(keyStart, 0), at);
          [keyStart, keyPart] = [-1, ""];
        }
      } else if (code === QUOTE) [isQuoted, keyStart] = [true, at + 1];
      else if (code === COLON) mayBeKey = false;
      else if (code === COMMA) mayBeKey = frames.at(-1)?.isList === false;
      else if (code === OPEN_BRACE) open(false);
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) close();
      else if (code === OPEN_BRACKET) {
        open(true);
        if (list !== null) {
          keep(text.slice(from, at + 1));
          return at + 1;
        }
      }
    }
    if (isQuoted && mayBeKey && keyPart.length < MAX_KEY_CHARS) keyPart += text.slice(Math.max(keyStart, 0));
    if (isQuoted) keyStart = 0;
    keep(text.slice(from));
    return text.length;
  };

  /** Between two elements of a list. */
  const passGap = (text: string, from: number): number => {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === COMMA || code <= SPACE) continue;
      if (code === OPEN_BRACE) {
        element = [];
        elementLength = 0;
        return at;
      }
      if (code !== CLOSE_BRACKET) throw broken("holds something that is no attribute");
      list = null;
      return at;
    }
    return text.length;
  };

  const passElement = (text: string, from: number, parts: string[], name: "Attribute" | "Object"): number => {
    let at = from;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (isEscaped) isEscaped = false;
      else if (isQuoted) {
        if (code === BACKSLASH) isEscaped = true;
        else if (code === QUOTE) isQuoted = false;
      } else if (code === QUOTE) isQuoted = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    const isEnd = at < text.length;
    const end = isEnd ? at + 1 : at;
    elementLength += end - from;
    if (elementLength > MAX_ELEMENT_CHARS) parts.length = 0;
    else parts.push(text.slice(from, end));
    if (!isEnd) return end;
    element = null;
    if (elementLength > MAX_ELEMENT_CHARS) sink.tooLong(name);
    else sink.element(name, parts.join(""));
    return end;
  };

  return {
    push: (text: string): void => {
      for (let at = 0; at < text.length;)
        if (list === null) at = passRest(text, at);
        else if (element === null) at = passGap(text, at);
        else at = passElement(text, at, element, list);
    },
    /** What is left of the document: the event without its attributes and objects. */
    end: (): unknown => {
      if (frames.length > 0 || list !== null) throw broken("ends before it is complete");
      try {
        return JSON.parse(rest.join(""));
      } catch (cause) {
        throw broken("is no JSON", cause);
      }
    },
  };
};

/** Directly in the document's event; an event that it refers to (`RelatedEvent`) has attributes, too. */
const isInEvent = (frames: readonly Frame[]): boolean =>
  frames.at(-1)?.isList === false &&
  frames.at(-1)?.key === "Event" &&
  frames.slice(0, -1).every(({ key }) => key === "" || key === "response");

const broken = (how: string, cause?: unknown): AppError =>
  new AppError("upstream_rejected", `The document ${how}.`, { cause });

const [QUOTE, BACKSLASH, COLON, COMMA, SPACE] = [0x22, 0x5c, 0x3a, 0x2c, 0x20];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const MAX_REST_CHARS = 16 * 1024 * 1024;
const MAX_ELEMENT_CHARS = 16 * 1024 * 1024;
const MAX_KEY_CHARS = 1_000;
const MAX_DEPTH = 100;
