import { z } from "zod";

const warninglistSchema = z.object({ list: z.array(z.string()) });

/**
 * The entries of a file, one a line: a list in the form of MISP's warninglists (JSON with `list`), or text whose blank lines and
 * lines that begin with # say nothing.
 */
export const entriesOfFile = (text: string): string => {
  const bare = text.replace(/^\uFEFF/, "");
  if (bare.trimStart().startsWith("{")) {
    const parsed = warninglistSchema.safeParse(parseJson(bare));
    if (parsed.success) return parsed.data.list.map((entry) => entry.trim()).join("\n");
  }
  return bare
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join("\n");
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // it is text, and each of its lines says for itself that it is no entry
  }
};
