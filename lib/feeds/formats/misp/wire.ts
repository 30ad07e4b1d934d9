import { isRecord } from "@/lib/feeds/text/json";

/** A tag; `isInherited`: it is the event's, repeated at the attribute. */
export type MispTag = { name: string; isInherited: boolean };
export type MispOrg = { name: string; uuid: string };

export type MispEvent = {
  uuid: string;
  info: string;
  /** Seconds since 1970 of the last change. */
  timestamp: number | null;
  publishTimestamp: number | null;
  isPublished: boolean | null;
  threatLevel: number | null;
  org: MispOrg | null;
  tags: readonly MispTag[];
  /** Why its attributes were not asked for; null: they were. */
  leftOut: "too_old" | "filtered_org" | null;
};

/** `id`: what tells it from other objects of the source; "" where that says nothing. */
export type MispObject = { id: string; name: string; comment: string; firstSeen: string; lastSeen: string };

export type MispAttribute = {
  uuid: string;
  /** The server's own number; "" in a feed. */
  id: string;
  type: string;
  category: string;
  value: string;
  isForDetection: boolean | null;
  isDeleted: boolean;
  comment: string;
  timestamp: number | null;
  firstSeen: string;
  lastSeen: string;
  relation: string;
  tags: readonly MispTag[];
  object: MispObject | null;
  event: MispEvent | null;
};

/** An event's own fields, without what is in it; null for what is no event. */
export const readEvent = (value: unknown): MispEvent | null => {
  if (!isRecord(value)) return null;
  const { leftOut } = value;
  return {
    uuid: toText(value["uuid"]).toLowerCase(),
    info: toText(value["info"]),
    timestamp: toNumber(value["timestamp"]),
    publishTimestamp: toNumber(value["publish_timestamp"]),
    isPublished: toFlag(value["published"]),
    threatLevel: toNumber(value["threat_level_id"]),
    // Older feeds write it in lower case.
    org: readOrg(value["Orgc"]) ?? readOrg(value["orgc"]),
    tags: readTags(value["Tag"], value["Galaxy"]),
    leftOut: leftOut === "too_old" || leftOut === "filtered_org" ? leftOut : null,
  };
};

/** An attribute, as an event, an object or a server's answer holds it; null for what has no type or value. */
export const readAttribute = (value: unknown): MispAttribute | null => {
  if (!isRecord(value)) return null;
  const type = toText(value["type"]);
  const content = value["value"];
  if (type === "" || (typeof content !== "string" && typeof content !== "number")) return null;
  return {
    uuid: toText(value["uuid"]).toLowerCase(),
    id: toText(value["id"]),
    type,
    category: toText(value["category"]),
    value: toText(content),
    isForDetection: toFlag(value["to_ids"]),
    isDeleted: toFlag(value["deleted"]) === true,
    comment: toText(value["comment"]),
    timestamp: toNumber(value["timestamp"]),
    firstSeen: toText(value["first_seen"]),
    lastSeen: toText(value["last_seen"]),
    relation: toText(value["object_relation"]),
    tags: readTags(value["Tag"], value["Galaxy"]),
    object: readObject(value["Object"])?.object ?? objectOf(toText(value["object_id"])),
    event: readEvent(value["Event"]),
  };
};

// A server's search names the object of an attribute by its number alone; 0 is none.
const objectOf = (id: string): MispObject | null =>
  id === "" || id === "0" ? null : { id, name: "", comment: "", firstSeen: "", lastSeen: "" };

type ReadObject = { object: MispObject; isDeleted: boolean; attributes: readonly unknown[] };

/** What an object says of all its attributes, and these as they are written; null for what is no object. */
export const readObject = (value: unknown): ReadObject | null =>
  isRecord(value)
    ? {
        object: {
          id: toText(value["uuid"]).toLowerCase() || toText(value["id"]),
          name: toText(value["name"]),
          comment: toText(value["comment"]),
          firstSeen: toText(value["first_seen"]),
          lastSeen: toText(value["last_seen"]),
        },
        isDeleted: toFlag(value["deleted"]) === true,
        attributes: toList(value["Attribute"]),
      }
    : null;

// MISP writes numbers as texts, texts as numbers and flags as either, and leaves out what is empty. A field that cannot
// be read says nothing; it never costs the attribute. All this by hand, since there are millions of attributes: a schema
// takes four times as long as the JSON itself.
const toText = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
const toNumber = (value: unknown): number | null => {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number > 0 ? Math.floor(number) : null;
};
const toFlag = (value: unknown): boolean | null => FLAGS.get(value) ?? null;
const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NOTHING);

const FLAGS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ["1", true],
  ["true", true],
  [false, false],
  [0, false],
  ["0", false],
  ["false", false],
]);
const NOTHING: readonly never[] = [];

const readOrg = (value: unknown): MispOrg | null => {
  if (!isRecord(value)) return null;
  const org = { name: toText(value["name"]), uuid: toText(value["uuid"]) };
  return org.name === "" && org.uuid === "" ? null : org;
};

/** A galaxy's clusters are tags, too; a server that lists both names each twice. */
const readTags = (tagList: unknown, galaxyList: unknown): readonly MispTag[] => {
  const tags: MispTag[] = [];
  for (const tag of toList(tagList)) {
    const name = isRecord(tag) ? toText(tag["name"]) : "";
    if (name !== "" && tags.length < MAX_TAGS)
      tags.push({ name, isInherited: isRecord(tag) && toFlag(tag["inherited"]) === true });
  }
  for (const galaxy of toList(galaxyList))
    for (const cluster of isRecord(galaxy) ? toList(galaxy["GalaxyCluster"]) : NOTHING) {
      const name = isRecord(cluster) ? toText(cluster["tag_name"]) : "";
      if (name !== "" && tags.length < MAX_TAGS && tags.every((tag) => tag.name !== name))
        tags.push({ name, isInherited: false });
    }
  return tags.length === 0 ? NOTHING : tags;
};

const MAX_TAGS = 200;
