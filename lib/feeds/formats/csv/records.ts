import { MAX_LINE_CHARS } from "@/lib/feeds/text/lines";

/** One record of a list: usually a line, several when a quoted cell holds line ends. `line` is the first one's. */
export type CsvRecord = { line: number; raw: string; shape: "plain" | "quoted" | "unclosed" | "too-long" };

export type RecordReader = {
  /** The records that these lines complete; blank lines and comments are none. */
  push: (lines: readonly string[]) => readonly CsvRecord[];
  /** What is left at the end of the body. */
  end: () => readonly CsvRecord[];
  /** The comments before the first record, without their prefixes: some lists have the names of their columns there. */
  comments: () => readonly string[];
};

/**
 * Puts lines together to records. A quote that never closes costs the record in which it stands and nothing else: the
 * lines after it are read again, each by itself.
 */
export const createRecordReader = (delimiter: string, commentPrefixes: readonly string[]): RecordReader => {
  let line = 0;
  let records: CsvRecord[] = [];
  let open: OpenRecord | null = null;
  const comments: string[] = [];
  let hasRecords = false;

  const prefixOf = (text: string): string | undefined => {
    const start = text.startsWith(" ") ? text.trimStart() : text;
    return commentPrefixes.find((prefix) => start.startsWith(prefix));
  };
  /** Blank, or a row of a sheet of which no cell is filled. */
  const isEmpty = (text: string): boolean =>
    text.trim() === "" || (text.startsWith(delimiter) && text.replaceAll(delimiter, "").trim() === "");
  const isNothing = (text: string): boolean => {
    if (isEmpty(text)) return true;
    const prefix = prefixOf(text);
    if (prefix === undefined) return line === 1 && SEPARATOR_HINT.test(text);
    if (!hasRecords && comments.length < MAX_COMMENTS) comments.push(text.trimStart().slice(prefix.length));
    return true;
  };

  const add = (text: string): void => {
    if (isNothing(text)) return;
    hasRecords = true;
    if (text.length > MAX_LINE_CHARS) records.push({ line, raw: text, shape: "too-long" });
    else if (!text.includes('"')) records.push({ line, raw: text, shape: "plain" });
    else if (endsInsideQuotes(text, false, delimiter)) open = { line, lines: [text], chars: text.length };
    else records.push({ line, raw: text, shape: "quoted" });
  };

  const goOn = (record: OpenRecord, text: string): void => {
    record.lines.push(text);
    record.chars += text.length;
    if (!endsInsideQuotes(text, true, delimiter)) {
      records.push({ line: record.line, raw: record.lines.join("\n"), shape: "quoted" });
      open = null;
    } else if (record.chars > MAX_LINE_CHARS || record.lines.length > MAX_RECORD_LINES) giveUp(record);
  };

  const giveUp = (record: OpenRecord): void => {
    open = null;
    record.lines.forEach((text, index) => {
      if (isNothing(text)) return;
      const isBroken = index === 0 || endsInsideQuotes(text, false, delimiter);
      const shape = isBroken ? "unclosed" : text.includes('"') ? "quoted" : "plain";
      records.push({ line: record.line + index, raw: text, shape });
    });
  };

  const taken = (): readonly CsvRecord[] => {
    const complete = records;
    records = [];
    return complete;
  };

  return {
    push: (lines) => {
      for (const text of lines) {
        line++;
        if (open) goOn(open, text);
        else add(text);
      }
      return taken();
    },
    end: () => {
      if (open) giveUp(open);
      return taken();
    },
    comments: () => comments,
  };
};

type OpenRecord = { line: number; lines: string[]; chars: number };

/** Whether a quoted cell is still open at the end of a line, when it was (`open`) or was not at its beginning. */
const endsInsideQuotes = (text: string, open: boolean, delimiter: string): boolean => {
  let isOpen = open;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1))
    if (!isOpen) isOpen = isCellStart(text, at, delimiter);
    else if (text.charAt(at + 1) === '"') at++;
    else isOpen = false;
  return isOpen;
};

/** A quote opens a cell only at its start, blanks allowed; elsewhere (`5" disk`) it is a character like any other. */
const isCellStart = (text: string, at: number, delimiter: string): boolean => {
  let end = at;
  while (end > 0 && text.charAt(end - 1) === " " && delimiter !== " ") end--;
  return end === 0 || text.endsWith(delimiter, end);
};

const MAX_RECORD_LINES = 10_000;
const MAX_COMMENTS = 200;
/** `sep=;` in the first line tells Excel how the sheet is cut. */
const SEPARATOR_HINT = /^"?sep=.{1,3}$/i;
