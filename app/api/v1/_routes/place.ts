import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";

/** A place in a list that is sorted by time, newest first. */
type Place = { at: Date; id: string };

const placeSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** The place in a cursor; null without one. Throws `invalid_input` for text that we did not make. */
export const readPlace = (cursor: string | undefined): Place | null => {
  const place = decodeCursor(cursor, placeSchema);
  return place === undefined ? null : { at: new Date(place[0]), id: place[1] };
};

/** A place as a cursor; null at the end of a list. */
export const writePlace = (next: Place | null): string | null =>
  next === null ? null : encodeCursor([next.at.toISOString(), next.id]);
