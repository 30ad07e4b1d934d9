import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { type MispOrg, readEvent } from "@/lib/feeds/formats/misp/wire";
import type { SourceAnswer, SourceNote } from "@/lib/feeds/source";

import { readJson } from "../read-answer";

/** What a manifest says of one event. */
export type ManifestEntry = { uuid: string; timestamp: number | null; org: MispOrg | null; info: string };
type Manifest = {
  /** In the order of their UUIDs, which stays the same however the publisher writes the list. */
  entries: readonly ManifestEntry[];
  notes: readonly SourceNote[];
};

/** Reads the list of a feed's events. Throws an AppError for what is no manifest. */
export const readManifest = async (answer: SourceAnswer, signal: AbortSignal): Promise<Manifest> => {
  const parsed = manifestSchema.safeParse(await readJson(answer, { maxMs: MAX_MS, signal }));
  if (!parsed.success) throw notMisps(answer);
  const entries: ManifestEntry[] = [];
  const strange: string[] = [];
  for (const [key, value] of Object.entries(parsed.data)) {
    const event = UUID.test(key) ? readEvent(value) : null;
    if (event === null) strange.push(key);
    else {
      const { timestamp, org, info } = event;
      entries.push({ uuid: key.toLowerCase(), timestamp, org, info });
    }
  }
  // An error that some service writes as JSON is an object, too.
  if (entries.length === 0 && strange.length > 0) throw notMisps(answer);
  entries.sort((one, other) => (one.uuid < other.uuid ? -1 : 1));
  return { entries, notes: strange.slice(0, MAX_NOTES).map(noteOf) };
};

const notMisps = ({ finalUrl, status }: SourceAnswer): AppError =>
  new AppError(
    "upstream_rejected",
    `${new URL(finalUrl).host} gives a manifest.json that is not MISP's: an object with an entry for each event is expected. Nothing was changed. Open the address in a browser to see what it says.`,
    { context: { status } },
  );

const noteOf = (key: string): SourceNote => ({
  subject: `manifest entry ${key.slice(0, 80)}`,
  message: "It names no event of MISP (a UUID with its facts is expected) and was passed over.",
});

const manifestSchema = z.union([
  z.record(z.string(), z.unknown()),
  // PHP writes an object with nothing in it as an empty list.
  z
    .array(z.unknown())
    .length(0)
    .transform(() => ({})),
]);
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
const MAX_MS = 5 * 60_000;
const MAX_NOTES = 10;
