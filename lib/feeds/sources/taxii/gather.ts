import { createHash } from "node:crypto";

import type { SourceNote } from "@/lib/feeds/source";

import { toLine, type Line } from "./line";
import { createNewestVersions, type NewestVersions } from "./newest-versions";
import type { ObjectsPage } from "./pages";

/** What was heard while the pages went by. */
export type Gathered = {
  /** Lines of identities and markings by their ids; they are few, and stand before the indicators. */
  context: Map<string, { text: string; version: number }>;
  /** The indicators heard of, and which lines hold their newest versions. */
  newest: NewestVersions;
  addedLast: () => string | null;
  /** Of all objects in their order, to see that the same question had the same answer before. */
  digest: () => string;
  notes: SourceNote[];
};

/**
 * Turns pages into lines, one for each version of an indicator, numbered from 0. A line that another one overtakes later is
 * still among them; `newest` tells which count.
 */
export const createGatherer = () => {
  const context: Gathered["context"] = new Map();
  const newest = createNewestVersions();
  const notes: SourceNote[] = [];
  const hash = createHash("sha256");
  let addedLast: string | null = null;
  let isDated = true;

  const note = (subject: string, message: string): void => {
    if (notes.length < MAX_NOTES) notes.push({ subject, message });
  };

  // Of two versions with one date the later page has the later one.
  const takeIndicator = ({ id, version, text }: Line): string | null =>
    newest.meet(id, version) === null ? null : (text ?? revokedLine(id));

  const take = (object: unknown): string | null => {
    const read = toLine(object);
    if (read === null) return null;
    if (!read.ok) {
      note(read.subject, read.message);
      return null;
    }
    const { line } = read;
    hash.update(`${line.id}@${String(line.version)}${line.text === null ? "!" : ""}\n`);
    if (line.isIndicator) return takeIndicator(line);
    const known = context.get(line.id);
    if (line.text !== null && (known === undefined || line.version >= known.version))
      context.set(line.id, { text: line.text, version: line.version });
    return null;
  };

  const lines = async function* (
    pages: AsyncIterable<ObjectsPage>,
    enough = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<string, void, undefined> {
    for await (const page of pages) {
      if (page.objects.length > 0) {
        isDated &&= page.addedLast !== null;
        addedLast = laterOf(addedLast, page.addedLast);
      }
      for (const object of page.objects) {
        const line = take(object);
        if (line !== null) yield line;
      }
      if (newest.size() >= enough) return;
    }
  };

  const gathered: Gathered = {
    context,
    newest,
    notes,
    // One page without a date may have been the last one.
    addedLast: () => (isDated ? addedLast : null),
    digest: () => hash.copy().digest("base64"),
  };
  return { lines, gathered };
};

/** Stands for an indicator that is no longer one, until its other versions are gone. */
export const revokedLine = (id: string): string => `{"id":"${id}","revoked":true}`;

const laterOf = (one: string | null, other: string | null): string | null =>
  other !== null && (one === null || Date.parse(other) >= Date.parse(one)) ? other : one;

const MAX_NOTES = 1_000;
