import type { MispSettings } from "@/lib/domain/feed/misp-settings";
import type { AllowBlock } from "@/lib/domain/names/allow-block";
import { compileRules } from "@/lib/feeds/formats/misp/filters";
import type { MispAttribute } from "@/lib/feeds/formats/misp/wire";

/** The body of a search, without its page. */
export type Query = Readonly<Record<string, unknown>>;

/**
 * The search for all that the feed wants. What the server can tell as exactly as our own rules is asked of it, to save
 * transfer; the rules are applied to the answer all the same, so that this never changes a result.
 */
export const fullQuery = (settings: MispSettings): Query => ({
  ...(settings.publishedOnly !== false && { published: 1 }),
  ...(settings.toIdsOnly && { to_ids: 1 }),
  ...exactly("type", settings.types),
  ...exactly("category", settings.categories),
  ...exactly("org", settings.orgs),
  ...(settings.tags.allow.length > 0 && { tags: { OR: settings.tags.allow } }),
  ...(settings.maxAgeDays !== null && { event_timestamp: `${String(settings.maxAgeDays)}d` }),
  ...ownFilters(settings),
  order: "Attribute.id asc",
});

/**
 * Searches for what changed: attributes, and all those of events that were published since, whose attributes may be older.
 * What a change has put beyond the filters must be seen, so these are not asked of the server; revoked ones are asked for,
 * too.
 */
export const changeQueries = (
  settings: MispSettings,
  { changedSince, publishedSince }: { changedSince: number; publishedSince: number | null },
): readonly Query[] => {
  const common = { ...ownFilters(settings), deleted: [0, 1], order: "Attribute.id asc" };
  return [
    { ...common, timestamp: changedSince },
    ...(publishedSince === null ? [] : [{ ...common, publish_timestamp: publishedSince }]),
  ];
};

/**
 * Whether the search for everything would give an attribute. A change may have put it beyond that search: then it goes from
 * the body, which so stays the same as that search would make it.
 */
export const isAskedFor = (settings: MispSettings, now: Date): ((attribute: MispAttribute) => boolean) => {
  const { filters, tags } = settings;
  const asked = (name: string, list: AllowBlock): AllowBlock =>
    name in filters || !isExact(list) ? EVERYTHING : { allow: list.allow, block: [] };
  const rules = compileRules(
    {
      ...settings,
      toIdsOnly: settings.toIdsOnly && !("to_ids" in filters),
      types: asked("type", settings.types),
      categories: asked("category", settings.categories),
      orgs: asked("org", settings.orgs),
      tags: "tags" in filters ? EVERYTHING : { allow: tags.allow, block: [] },
      maxAgeDays: "event_timestamp" in filters ? null : settings.maxAgeDays,
    },
    { now, takesDrafts: false },
  );
  return (attribute) => {
    const { event, type, category, isForDetection } = attribute;
    const names = [...(event?.tags ?? []), ...attribute.tags].map(({ name }) => name);
    return (
      rules.ofAttribute(
        {
          timestamp: event?.timestamp ?? null,
          isPublished: event?.isPublished ?? null,
          org: event?.org ?? null,
        },
        { type, category, tags: names, isForDetection: isForDetection !== false },
      ) === null
    );
  };
};

/** The newest, whatever the feed's own filters say: a preview shows what they leave out and why. */
export const sampleQuery = (settings: MispSettings): Query => ({
  ...ownFilters(settings),
  order: "Attribute.id desc",
});

/** The attributes of these UUIDs that the feed wants. */
export const confirmQuery = (settings: MispSettings, uuids: readonly string[]): Query => ({
  ...fullQuery(settings),
  uuid: uuids,
});

/** One page of a search as it is sent. */
export const pageOf = (query: Query, { page, limit }: { page: number; limit: number }): string =>
  JSON.stringify({
    ...query,
    returnFormat: "json",
    includeContext: true,
    includeEventTags: true,
    withAttachments: false,
    page,
    limit,
  });

// misp2sentinel's filters and whatever else restSearch knows; they go before ours.
const ownFilters = ({ filters }: MispSettings): Query => filters;

/** A list that the server compares as we do: without wildcards. */
const isExact = ({ allow }: AllowBlock): boolean =>
  allow.length > 0 && allow.every((text) => !text.includes("%") && !text.startsWith("!"));

const exactly = (name: string, list: AllowBlock): Query => (isExact(list) ? { [name]: list.allow } : {});

const EVERYTHING: AllowBlock = { allow: [], block: [] };
