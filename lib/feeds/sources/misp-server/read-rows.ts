import { writeAttributeLine } from "@/lib/feeds/formats/misp/lines";
import { type MispAttribute, readAttribute } from "@/lib/feeds/formats/misp/wire";

import type { SearchPage } from "./search";

/** An attribute of a page; `line` is null for one that has no place in the body: it was revoked, or is no longer wanted. */
export type Row = { attribute: MispAttribute; line: string | null };

/** What is heard of the server while its pages are read. */
export type Heard = { unreadable: number; keyExpiresAt: string | null };

/** The attributes of a page as lines of a body. */
export const readRows = ({ attributes, keyExpiresAt }: SearchPage, heard: Heard): readonly Row[] => {
  heard.keyExpiresAt = keyExpiresAt ?? heard.keyExpiresAt;
  const rows: Row[] = [];
  for (const value of attributes) {
    const attribute = readAttribute(value);
    if (attribute === null || attribute.uuid === "") heard.unreadable += 1;
    else rows.push({ attribute, line: attribute.isDeleted ? null : writeAttributeLine(slim(attribute)) });
  }
  return rows;
};

/** The event's own tags stand with the event; repeated at each attribute they would only be longer. */
const slim = (attribute: MispAttribute): MispAttribute =>
  attribute.event && attribute.event.tags.length > 0
    ? { ...attribute, tags: attribute.tags.filter(({ isInherited }) => !isInherited) }
    : attribute;
