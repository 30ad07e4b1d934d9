import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { writeAttributeLine, writeEventLine } from "@/lib/feeds/formats/misp/lines";
import { type MispEvent, readAttribute, readEvent, readObject } from "@/lib/feeds/formats/misp/wire";
import type { OpenAddress } from "@/lib/feeds/source";

import { explainNoData, readText } from "../read-answer";
import type { ManifestEntry } from "./manifest";
import { createPack } from "./pack";
import { createEventSplitter } from "./split-event";

export type FetchedEvent = {
  /** The event's line, then those of its attributes. */
  lines: () => Iterable<string>;
  attributes: number;
  /** A sentence on what of it could not be read; "" when all could. */
  flaw: string;
};

/**
 * Fetches one event and makes lines of it while it arrives. What the manifest says of its time and creator holds, so that a
 * filter finds the same before and after. Throws an AppError for a document that is missing, too large or broken.
 */
export const fetchEvent = async (
  url: string,
  entry: ManifestEntry,
  { open, signal }: { open: OpenAddress; signal: AbortSignal },
): Promise<FetchedEvent> => {
  const answer = await open(url, { accept: "application/json", maxBytes: MAX_BYTES });
  const pack = createPack();
  const counts = { attributes: 0, unreadable: 0, tooLong: 0 };

  const addAttribute = (value: unknown, more: Partial<ReturnType<typeof readAttribute>> = {}): void => {
    const attribute = readAttribute(value);
    if (attribute === null) {
      counts.unreadable += 1;
      return;
    }
    counts.attributes += 1;
    pack.add(
      writeAttributeLine({
        ...attribute,
        ...more,
        isDeleted: attribute.isDeleted || more?.isDeleted === true,
        event: null,
      }),
    );
  };
  const splitter = createEventSplitter({
    element: (list, json) => {
      const value = parseElement(json);
      if (list === "Attribute") {
        addAttribute(value);
        return;
      }
      const read = readObject(value);
      if (read === null) counts.unreadable += 1;
      else
        for (const attribute of read.attributes)
          addAttribute(attribute, { object: read.object, isDeleted: read.isDeleted });
    },
    tooLong: () => {
      counts.tooLong += 1;
    },
  });
  let start = "";
  const readEnd = async (): Promise<MispEvent> => {
    for await (const text of readText(answer, { maxMs: MAX_MS, signal })) {
      if (start.length < START_CHARS) start += text;
      splitter.push(text);
    }
    return findEvent(splitter.end());
  };
  const event = await readEnd().catch((error: unknown) => {
    const isNoEvent = error instanceof AppError && error.retry === "never";
    throw (isNoEvent ? explainNoData(answer, start, error) : null) ?? error;
  });
  const first = writeEventLine({
    ...event,
    uuid: entry.uuid,
    timestamp: entry.timestamp ?? event.timestamp,
    org: entry.org ?? event.org,
    leftOut: null,
  });
  return {
    *lines() {
      yield first;
      yield* pack.lines();
    },
    attributes: counts.attributes,
    flaw: describe(counts),
  };
};

const parseElement = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new AppError("upstream_rejected", "The document is no JSON.", { cause });
  }
};

/** The event of a document, which some publishers wrap as a server's answer or as a list. */
const findEvent = (document: unknown): MispEvent => {
  const inner = answerSchema.safeParse(document).data?.response ?? document;
  const list: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
  const [wrapped, second] = list;
  const { data } = wrapperSchema.safeParse(wrapped);
  const event = data ? readEvent(data.Event) : null;
  if (event === null)
    throw new AppError("upstream_rejected", "The document holds no event of MISP (an “Event” is expected).");
  if (second !== undefined)
    throw new AppError("upstream_rejected", "The document holds several events where one is expected.");
  return event;
};

const describe = ({ unreadable, tooLong }: { unreadable: number; tooLong: number }): string =>
  [
    unreadable > 0 && `${String(unreadable)} of its attributes have no type or value and were left out.`,
    tooLong > 0 && `${String(tooLong)} of its attributes or objects are larger than 16 MB and were left out.`,
  ]
    .filter((part) => part !== false)
    .join(" ");

const answerSchema = z.object({ response: z.unknown() });
const wrapperSchema = z.object({ Event: z.looseObject({}) });
/** Enough to tell what came in an event's place. */
const START_CHARS = 16_384;
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_MS = 5 * 60_000;
