import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { mispSettingsSchema } from "@/lib/domain/feed/misp-settings";
import type { Candidate, FeedFormat, ParsedRow } from "@/lib/feeds/contract";

import type { z } from "zod";

const NOW = new Date("2026-11-20T12:00:00Z");

/** Settings of a MISP feed in which only what is named differs from the defaults. */
const settingsOf = (misp: z.input<typeof mispSettingsSchema>, exclusionRegex: string | null = null) =>
  feedSettingsSchema.parse({ misp, exclusionRegex });

/** The rows of a body given by its lines. */
export const parseLines = async (
  format: FeedFormat,
  lines: readonly unknown[],
  misp: z.input<typeof mispSettingsSchema> = {},
  exclusionRegex: string | null = null,
): Promise<ParsedRow[]> => {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const rows: ParsedRow[] = [];
  const body = (async function* () {
    yield await Promise.resolve(Buffer.from(text));
  })();
  for await (const batch of format.parse(body, { ...settingsOf(misp, exclusionRegex), now: NOW }))
    rows.push(...batch);
  return rows;
};

/** `type:value`, or the code of a refusal: what a table of cases compares. */
export const wordOf = (candidate: Candidate): string =>
  candidate.ok ? `${candidate.type}:${candidate.value}` : candidate.code;
