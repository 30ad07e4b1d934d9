import { z } from "zod";

import { readJson, type Call } from "../http/call";
import { json, text, type Reply } from "../http/reply";
import { MISP_AUTH_KEY } from "../state/presets";
import { type World } from "../world";

import { allAttributes, MISP_EVENTS, type MispAttribute, type MispEvent } from "./misp-events";
import { ATTRIBUTE_NUMBERS, EVENT_NUMBERS, mispEvents } from "./misp-versions";
import { toEpoch } from "./misp-time";

const flag = z.union([z.boolean(), z.number(), z.enum(["0", "1"]).transform(Number)]).transform(Boolean);
const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const time = z.union([z.string(), z.number()]);

const searchSchema = z.object({
  returnFormat: z.literal("json").default("json"),
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).optional(),
  published: flag.optional(),
  to_ids: flag.optional(),
  type: oneOrMore.optional(),
  category: oneOrMore.optional(),
  value: oneOrMore.optional(),
  uuid: oneOrMore.optional(),
  tags: z
    .union([oneOrMore, z.object({ OR: z.array(z.string()).optional(), NOT: z.array(z.string()).optional() })])
    .optional(),
  org: oneOrMore.optional(),
  timestamp: z.union([time, z.array(time).max(2)]).optional(),
  event_timestamp: time.optional(),
  publish_timestamp: time.optional(),
  order: z.string().optional(),
  deleted: z.union([flag, z.array(z.coerce.number()), z.literal("only")]).optional(),
  includeEventTags: flag.optional(),
  includeContext: flag.optional(),
});
type Search = z.infer<typeof searchSchema>;
type Hit = { event: MispEvent; attribute: MispAttribute; id: number; eventId: number };

/** All attributes that the server holds now, in the order of the numbers that it gave them. */
const allHits = (world: World): Hit[] =>
  mispEvents(world.state.mispVersion)
    .flatMap((event) =>
      allAttributes(event).map((attribute) => ({
        event,
        attribute,
        id: ATTRIBUTE_NUMBERS.get(attribute.uuid) ?? 0,
        eventId: EVENT_NUMBERS.get(event.uuid) ?? 0,
      })),
    )
    .sort((one, other) => one.id - other.id);

/** Runs a handler only for a request with the auth key; anything else gets MISP's 403. */
export const withKey =
  (handle: (call: Call, world: World) => Reply) =>
  (call: Call, world: World): Reply => {
    const given = call.headers["x-misp-auth"] ?? call.headers.authorization;
    if (given === MISP_AUTH_KEY) return handle(call, world);
    const message =
      "Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.";
    return json(403, { name: message, message, url: call.path });
  };

/** `GET /servers/getVersion` */
export const getVersion = (): Reply =>
  json(200, {
    version: "2.5.1",
    pymisp_recommended_version: "2.5.1",
    perm_sync: false,
    perm_sighting: true,
    perm_galaxy_editor: false,
    perm_analyst_data: false,
    uuid: "-",
    request_encoding: ["gzip"],
    filter_sightings: true,
  });

/** `GET /users/view/me` */
export const viewMe = (): Reply =>
  json(200, {
    User: {
      id: "2",
      org_id: "1",
      email: "feeds@example-sluice-demo.com",
      password: "*****",
      totp: "*****",
      role_id: "6",
    },
    Role: { id: "6", name: "Read Only", perm_auth: true, perm_sync: false, perm_site_admin: false },
    UserSetting: {},
    Organisation: { id: "1", ...MISP_EVENTS[0]?.Orgc },
  });

/** `POST /attributes/restSearch`: attributes by their numbers, whichever way `order` says; pages are counted from 1. */
export const searchAttributes = (call: Call, world: World): Reply => {
  const parsed = call.body.length === 0 ? { ok: true as const, value: {} } : readJson(call);
  if (!parsed.ok) return badRequest(call, parsed.message);
  const result = searchSchema.safeParse(parsed.value);
  if (!result.success) return badRequest(call, z.prettifyError(result.error));
  const search = result.data;
  const most = world.state.switches.mispMostAttributes;
  if (most > 0 && (search.limit ?? Number.POSITIVE_INFINITY) > most) return outOfMemory();
  const found = allHits(world).filter((hit) => fits(hit, search, world.now()));
  if (/^attribute\.id\s+desc$/i.test(search.order ?? "")) found.reverse();
  const page =
    search.limit === undefined
      ? found
      : found.slice((search.page - 1) * search.limit, search.page * search.limit);
  return json(
    200,
    { response: { Attribute: page.map((hit) => present(hit, search)) } },
    {
      "x-result-count": String(page.length),
      "x-skipped-elements-count": "0",
      "x-response-format": "application/json",
    },
  );
};

const fits = ({ event, attribute }: Hit, search: Search, now: Date): boolean => {
  const tags = [...event.Tag, ...(attribute.Tag ?? [])].map(({ name }) => name);
  return [
    search.published === undefined || event.published === search.published,
    search.to_ids === undefined || attribute.to_ids === search.to_ids,
    isAmong(search.type, attribute.type),
    isAmong(search.category, attribute.category),
    isAmong(search.value, attribute.value),
    isAmong(search.uuid, attribute.uuid, event.uuid),
    isAmong(search.org, event.Orgc.name, event.Orgc.uuid),
    search.tags === undefined || fitsTags(search.tags, tags),
    isWithin(Number(attribute.timestamp), search.timestamp, now),
    isWithin(Number(event.timestamp), search.event_timestamp, now),
    isWithin(Number(event.publish_timestamp), search.publish_timestamp, now),
    fitsDeleted(search.deleted, attribute.deleted),
  ].every(Boolean);
};

const fitsDeleted = (wanted: Search["deleted"], isDeleted: boolean): boolean => {
  if (Array.isArray(wanted)) return wanted.includes(Number(isDeleted));
  return wanted === "only" || wanted === true ? isDeleted : !isDeleted;
};

const fitsTags = (wanted: NonNullable<Search["tags"]>, tags: readonly string[]): boolean => {
  const names = Array.isArray(wanted) ? wanted : [];
  const some = Array.isArray(wanted) ? names.filter((name) => !name.startsWith("!")) : (wanted.OR ?? []);
  const none = Array.isArray(wanted)
    ? names.filter((name) => name.startsWith("!")).map((name) => name.slice(1))
    : (wanted.NOT ?? []);
  return (
    (some.length === 0 || some.some((name) => tags.includes(name))) &&
    !none.some((name) => tags.includes(name))
  );
};

const isAmong = (wanted: readonly string[] | undefined, ...given: string[]): boolean =>
  wanted === undefined || given.some((value) => wanted.includes(value));

const isWithin = (seconds: number, wanted: Search["timestamp"], now: Date): boolean => {
  if (wanted === undefined) return true;
  const [from, until] = [wanted].flat().map((bound) => toEpoch(bound, now));
  return seconds >= (from ?? 0) && (until === undefined || seconds <= until);
};

const present = ({ event, attribute, id, eventId }: Hit, search: Search) => ({
  id: String(id),
  event_id: String(eventId),
  object_id: attribute.object_relation === undefined ? "0" : "1",
  object_relation: attribute.object_relation ?? null,
  distribution: "5",
  sharing_group_id: "0",
  first_seen: null,
  last_seen: null,
  ...attribute,
  Event: {
    id: String(eventId),
    uuid: event.uuid,
    info: event.info,
    org_id: "1",
    orgc_id: "1",
    distribution: "3",
    publish_timestamp: event.publish_timestamp,
    Orgc: event.Orgc,
    ...(search.includeContext === true && {
      date: event.date,
      threat_level_id: event.threat_level_id,
      analysis: event.analysis,
      published: event.published,
      timestamp: event.timestamp,
      Tag: event.Tag,
    }),
  },
  Tag: [
    ...(attribute.Tag ?? []),
    ...(search.includeEventTags === true ? event.Tag.map((one) => ({ ...one, inherited: 1 })) : []),
  ],
});

/** What PHP leaves behind when a search was too much for it. */
const outOfMemory = (): Reply =>
  text(
    500,
    "text/html; charset=UTF-8",
    "<br />\n<b>Fatal error</b>:  Allowed memory size of 2147483648 bytes exhausted<br />\n",
  );

const badRequest = (call: Call, message: string): Reply =>
  json(400, { name: "Bad request", message, url: call.path });
