import { z } from "zod";

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

export type MispObject = { name: string; comment: string; firstSeen: string; lastSeen: string };

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
export const readEvent = (value: unknown): MispEvent | null => eventSchema.safeParse(value).data ?? null;

/** An attribute, as an event, an object or a server's answer holds it; null for what has no type or value. */
export const readAttribute = (value: unknown): MispAttribute | null =>
  attributeSchema.safeParse(value).data ?? null;

/** What an object says of all its attributes, and these as they are written; null for what is no object. */
export const readObject = (
  value: unknown,
): { object: MispObject; isDeleted: boolean; attributes: readonly unknown[] } | null =>
  objectSchema.safeParse(value).data ?? null;

// MISP writes numbers as texts, texts as numbers and flags as either, and leaves out what is empty. A field that cannot
// be read says nothing; it never costs the attribute.
const toText = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
const toNumber = (value: unknown): number | null => {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number > 0 ? Math.floor(number) : null;
};
const toFlag = (value: unknown): boolean | null => FLAGS.get(value) ?? null;
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

const text = z.unknown().optional().transform(toText);
const seconds = z.unknown().optional().transform(toNumber);
const flag = z.unknown().optional().transform(toFlag);
const list = z
  .unknown()
  .optional()
  .transform((value): readonly unknown[] => (Array.isArray(value) ? value : []));

const tagSchema = z.object({ name: z.string().min(1), inherited: flag });
const clusterSchema = z.object({ tag_name: z.string().min(1) });
const galaxySchema = z.object({ GalaxyCluster: list });

const readTag = (value: unknown): readonly MispTag[] => {
  const { data } = tagSchema.safeParse(value);
  return data ? [{ name: data.name, isInherited: data.inherited === true }] : [];
};

/** A galaxy's clusters are tags, too; a server that lists both names each twice. */
const readClusters = (value: unknown): readonly MispTag[] =>
  (galaxySchema.safeParse(value).data?.GalaxyCluster ?? []).flatMap((cluster) => {
    const { data } = clusterSchema.safeParse(cluster);
    return data ? [{ name: data.tag_name, isInherited: false }] : [];
  });

const readTags = (tags: readonly unknown[], galaxies: readonly unknown[]): readonly MispTag[] => {
  if (tags.length === 0 && galaxies.length === 0) return NO_TAGS;
  const known = tags.slice(0, MAX_TAGS).flatMap(readTag);
  const names = new Set(known.map(({ name }) => name));
  const clusters = galaxies.slice(0, MAX_TAGS).flatMap(readClusters);
  return clusters.length === 0 ? known : [...known, ...clusters.filter(({ name }) => !names.has(name))];
};
const NO_TAGS: readonly MispTag[] = [];
const MAX_TAGS = 200;

const orgSchema = z
  .unknown()
  .optional()
  .transform((value): MispOrg | null => {
    const { data } = z.object({ name: text, uuid: text }).safeParse(value);
    return data && (data.name !== "" || data.uuid !== "") ? data : null;
  });

const eventSchema = z
  .object({
    uuid: text,
    info: text,
    timestamp: seconds,
    publish_timestamp: seconds,
    published: flag,
    threat_level_id: seconds,
    Orgc: orgSchema,
    orgc: orgSchema,
    Tag: list,
    Galaxy: list,
    leftOut: z.enum(["too_old", "filtered_org"]).nullish().catch(null),
  })
  .transform(({ uuid, info, timestamp, Orgc, orgc, ...event }): MispEvent => ({
    uuid: uuid.toLowerCase(),
    info,
    timestamp,
    publishTimestamp: event.publish_timestamp,
    isPublished: event.published,
    threatLevel: event.threat_level_id,
    // Older feeds write it in lower case.
    org: Orgc ?? orgc,
    tags: readTags(event.Tag, event.Galaxy),
    leftOut: event.leftOut ?? null,
  }));

const objectFields = z.object({
  name: text,
  comment: text,
  first_seen: text,
  last_seen: text,
  deleted: flag,
  Attribute: list,
});

const objectSchema = objectFields.transform(
  ({ name, comment, first_seen, last_seen, deleted, Attribute }) => ({
    object: { name, comment, firstSeen: first_seen, lastSeen: last_seen },
    isDeleted: deleted === true,
    attributes: Attribute,
  }),
);

const attributeSchema = z
  .object({
    uuid: text,
    id: text,
    type: z.string().min(1),
    category: text,
    value: z.union([z.string(), z.number().transform(String)]),
    to_ids: flag,
    deleted: flag,
    comment: text,
    timestamp: seconds,
    first_seen: text,
    last_seen: text,
    object_relation: text,
    Tag: list,
    Galaxy: list,
    Object: z.unknown().optional(),
    Event: z.unknown().optional(),
  })
  .transform(({ uuid, id, type, category, value, comment, timestamp, ...attribute }): MispAttribute => ({
    uuid: uuid.toLowerCase(),
    id,
    type,
    category,
    value,
    isForDetection: attribute.to_ids,
    isDeleted: attribute.deleted === true,
    comment,
    timestamp,
    firstSeen: attribute.first_seen,
    lastSeen: attribute.last_seen,
    relation: attribute.object_relation,
    tags: readTags(attribute.Tag, attribute.Galaxy),
    object: attribute.Object === undefined ? null : (readObject(attribute.Object)?.object ?? null),
    event: attribute.Event === undefined ? null : readEvent(attribute.Event),
  }));
