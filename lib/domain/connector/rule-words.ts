import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import { quoteNames } from "@/lib/domain/names/allow-block";

import { ACTION_LABELS } from "./actions";
import type { ConnectorRule } from "./rule-input";

type NameOf = (feedId: string) => string | undefined;

/** A rule as a sentence: `SHA-256 from “X”, confidence 80 or more: Block, alert severity High, stays 30 days`. */
export const describeRule = (rule: ConnectorRule, nameOf: NameOf): string =>
  `${describeWhen(rule.when, nameOf)}: ${describeGiven(rule)}`;

/** What becomes of what no rule fits, in a sentence. */
export const describeElse = (rules: readonly ConnectorRule[]): string => {
  if (rules.length === 0) return "No rule: everything is treated as above.";
  const all = rules.findIndex(fitsAll);
  if (all === -1) return "Everything else is treated as above.";
  const unused = rules.length - 1 - all;
  const fits = `Rule ${String(all + 1)} fits everything`;
  if (unused === 0) return `${fits}; what it does not say is as above.`;
  return `${fits}, so ${unused === 1 ? "the rule behind it is" : `the ${String(unused)} rules behind it are`} never asked. Move it to the end.`;
};

const fitsAll = ({ when }: ConnectorRule): boolean =>
  when.types === null && when.feeds === null && when.minConfidence === null && when.tags === null;

const describeWhen = (
  { types, feeds, minConfidence, tags }: ConnectorRule["when"],
  nameOf: NameOf,
): string => {
  const named = types?.map((type) => INDICATOR_TYPE_LABELS[type]) ?? [];
  const from = feeds?.map((id) => ({ text: nameOf(id) ?? "a feed that is gone" })) ?? [];
  const what = named.length === 0 ? "Everything" : listWords(named, "or");
  const source = from.length === 0 ? what : `${what} from ${quoteNames(from)}`;
  const conditions = [
    minConfidence === null ? null : `confidence ${String(minConfidence)} or more`,
    tags === null ? null : `tagged ${quoteNames(tags.map((text) => ({ text })))}`,
  ].filter((part) => part !== null);
  return [source, ...conditions].join(", ");
};

const describeGiven = ({ action, severity, expiryDays, deviceGroups }: ConnectorRule): string => {
  const given = [
    action && ACTION_LABELS[action],
    severity === null ? null : `alert severity ${severity}`,
    expiryDays === null ? null : `stays ${String(expiryDays)} ${expiryDays === 1 ? "day" : "days"}`,
    deviceGroups === null ? null : `on ${quoteNames(deviceGroups.map((text) => ({ text })))} alone`,
  ].filter((part) => part !== null);
  return given.length === 0 ? "nothing chosen yet" : given.join(", ");
};

const listWords = (words: readonly string[], last: string): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1) ?? ""}`;
