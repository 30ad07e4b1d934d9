import type { MispSettings } from "@/lib/domain/feed/misp-settings";
import {
  compileAllowBlock,
  findName,
  quoteName,
  quoteNames,
  type CompiledAllowBlock,
} from "@/lib/domain/names/allow-block";
import type { ExclusionCode } from "@/lib/feeds/contract";

import type { MispOrg } from "./wire";

/** What of an event the filters look at. */
type EventFacts = { timestamp: number | null; isPublished: boolean | null; org: MispOrg | null };
type AttributeFacts = {
  type: string;
  category: string;
  /** Of the attribute and of its event. */
  tags: readonly string[];
  isForDetection: boolean;
};

/** Why something is left out, with a sentence that names the setting's effect. */
type Exclusion = { code: ExclusionCode; reason: string };
export type MispRules = {
  /** Age and creator: what a manifest says as well as the event, so that it need not be fetched. */
  ofEvent: (event: Pick<EventFacts, "timestamp" | "org">) => Exclusion | null;
  /** All of them; the first that speaks decides. */
  ofAttribute: (event: EventFacts, attribute: AttributeFacts) => Exclusion | null;
};

type Options = {
  now: Date;
  /** Whether drafts are taken when the settings do not say. */
  takesDrafts: boolean;
};

/**
 * The feed's filters as one set of rules for preview, run and manifest. Names are compared whole, in any case; `%` stands
 * for any text.
 */
export const compileRules = (settings: MispSettings, { now, takesDrafts }: Options): MispRules => {
  const publishedOnly = settings.publishedOnly ?? !(takesDrafts || "published" in settings.filters);
  const { maxAgeDays, toIdsOnly } = settings;
  const oldest = maxAgeDays === null ? null : Math.floor(now.getTime() / 1000) - maxAgeDays * DAY_SECONDS;
  const [orgs, categories, types, tags] = [
    compileAllowBlock(settings.orgs),
    compileAllowBlock(settings.categories),
    compileAllowBlock(settings.types),
    compileAllowBlock(settings.tags),
  ];

  const ofEvent: MispRules["ofEvent"] = ({ timestamp, org }) => {
    if (oldest !== null && timestamp !== null && timestamp < oldest)
      return exclusion(
        "too_old",
        `The event last changed on ${day(timestamp)}, more than ${String(maxAgeDays)} days ago.`,
      );
    const names = org ? [org.name, org.uuid].filter((name) => name !== "") : [];
    const found =
      names.length === 0 ? "its event names none" : `its event is by ${quoteName(names[0] ?? "")}`;
    return byList(orgs, names, { code: "filtered_org", noun: "organisation", found });
  };

  return {
    ofEvent,
    ofAttribute: (event, { type, category, tags: names, isForDetection }) => {
      if (publishedOnly && event.isPublished === false)
        return exclusion("not_published", "The event is a draft; the feed takes published ones only.");
      return (
        ofEvent(event) ??
        byList(categories, [category], ofName("filtered_category", "category", category)) ??
        byList(types, [type], ofName("filtered_type", "type", type)) ??
        byList(tags, names, { code: "filtered_tag", noun: "tag", found: "it has no such tag" }) ??
        (toIdsOnly && !isForDetection
          ? exclusion("not_to_ids", "The attribute is not meant for detection (to_ids is off).")
          : null)
      );
    },
  };
};

type Words = { code: ExclusionCode; noun: string; found: string };

const byList = (
  { allow, block }: CompiledAllowBlock,
  names: readonly string[],
  { code, noun, found }: Words,
): Exclusion | null => {
  if (allow.length === 0 && block.length === 0) return null;
  const blocked = findName(names, block);
  if (blocked !== undefined)
    return exclusion(code, `The feed's filters block the ${noun} ${quoteName(blocked)}.`);
  if (allow.length === 0 || findName(names, allow) !== undefined) return null;
  return exclusion(
    code,
    `The feed's filters let only the ${noun} ${quoteNames(allow)} through, and ${found}.`,
  );
};

const ofName = (code: ExclusionCode, noun: string, name: string): Words => ({
  code,
  noun,
  found: `its ${noun} is ${quoteName(name)}`,
});

const exclusion = (code: ExclusionCode, reason: string): Exclusion => ({ code, reason });
const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
const DAY_SECONDS = 86_400;
