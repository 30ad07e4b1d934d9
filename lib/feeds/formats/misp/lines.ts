import {
  type MispAttribute,
  type MispEvent,
  type MispObject,
  type MispTag,
  readAttribute,
  readEvent,
} from "./wire";

type MispLine = { event: MispEvent } | { attribute: MispAttribute };

/** The body's line of an event: a block of attributes follows. It has MISP's own names, so that a person can read it. */
export const writeEventLine = (event: MispEvent): string => JSON.stringify({ Event: eventFields(event) });

/**
 * The body's line of an attribute, which begins with its UUID (`uuidOfLine` relies on it). Attachments and whatever else
 * makes no indicator are left out, and texts are cut, so that no line comes near the limit of a line.
 */
export const writeAttributeLine = ({ event, object, ...attribute }: MispAttribute): string =>
  JSON.stringify({
    Attribute: {
      uuid: attribute.uuid,
      ...said("id", attribute.id),
      type: attribute.type.slice(0, MAX_NAME_CHARS),
      ...said("category", attribute.category.slice(0, MAX_NAME_CHARS)),
      // No indicator is half as long: such a value is refused later, with its reason.
      value: attribute.value.slice(0, MAX_VALUE_CHARS),
      ...said("to_ids", attribute.isForDetection),
      ...(attribute.isDeleted && { deleted: true }),
      ...said("comment", attribute.comment.slice(0, MAX_TEXT_CHARS)),
      ...said("timestamp", attribute.timestamp),
      ...said("first_seen", attribute.firstSeen.slice(0, MAX_NAME_CHARS)),
      ...said("last_seen", attribute.lastSeen.slice(0, MAX_NAME_CHARS)),
      ...said("object_relation", attribute.relation.slice(0, MAX_NAME_CHARS)),
      ...tagFields(attribute.tags),
      ...(object && { Object: objectFields(object) }),
      ...(event && { Event: eventFields(event) }),
    },
  });

/** Reads a line of a body; null for one that is none. */
export const readMispLine = (line: string): MispLine | null => {
  const parsed = parseJson(line);
  if (typeof parsed !== "object" || parsed === null) return null;
  if ("Event" in parsed) {
    const event = readEvent(parsed.Event);
    return event && { event };
  }
  const attribute = "Attribute" in parsed ? readAttribute(parsed.Attribute) : null;
  return attribute && { attribute };
};

/** The UUID of an event's line; null for every other line. */
export const eventOfLine = (line: string): string | null => EVENT_LINE.exec(line)?.[1] ?? null;

/** The UUID of an attribute's line; null for every other line. */
export const uuidOfLine = (line: string): string | null => ATTRIBUTE_LINE.exec(line)?.[1] ?? null;

/** The server's own number of an attribute's line; null where there is none. */
export const numberOfLine = (line: string): number | null => {
  const number = NUMBERED_LINE.exec(line)?.[1];
  return number === undefined ? null : Number(number);
};

const eventFields = (event: MispEvent) => ({
  uuid: event.uuid,
  ...said("info", event.info.slice(0, MAX_TEXT_CHARS)),
  ...said("timestamp", event.timestamp),
  ...said("publish_timestamp", event.publishTimestamp),
  ...said("published", event.isPublished),
  ...said("threat_level_id", event.threatLevel),
  ...(event.org && {
    Orgc: { name: event.org.name.slice(0, MAX_NAME_CHARS), uuid: event.org.uuid.slice(0, MAX_NAME_CHARS) },
  }),
  ...tagFields(event.tags),
  ...said("leftOut", event.leftOut),
});

const objectFields = ({ id, name, comment, firstSeen, lastSeen }: MispObject) => ({
  ...said("id", id.slice(0, MAX_NAME_CHARS)),
  ...said("name", name.slice(0, MAX_NAME_CHARS)),
  ...said("comment", comment.slice(0, MAX_TEXT_CHARS)),
  ...said("first_seen", firstSeen.slice(0, MAX_NAME_CHARS)),
  ...said("last_seen", lastSeen.slice(0, MAX_NAME_CHARS)),
});

const tagFields = (tags: readonly MispTag[]) =>
  tags.length > 0 && {
    Tag: tags.map(({ name, isInherited }) => ({
      name: name.slice(0, MAX_NAME_CHARS),
      ...(isInherited && { inherited: true }),
    })),
  };

/** A field, unless it says nothing. */
const said = (name: string, value: string | number | boolean | null): Record<string, unknown> =>
  value === null || value === "" ? {} : { [name]: value };

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

const MAX_NAME_CHARS = 255;
const MAX_TEXT_CHARS = 2_000;
const MAX_VALUE_CHARS = 16_384;
const EVENT_LINE = /^\{"Event":\{"uuid":"([^"\\]+)"/;
const ATTRIBUTE_LINE = /^\{"Attribute":\{"uuid":"([^"\\]+)"/;
const NUMBERED_LINE = /^\{"Attribute":\{"uuid":"[^"\\]+","id":"(\d+)"/;
