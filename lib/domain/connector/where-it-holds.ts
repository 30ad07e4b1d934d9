import type { IndicatorType } from "@/lib/domain/indicator/types";
import { quoteNames } from "@/lib/domain/names/allow-block";

import type { ConnectorRule } from "./rule-input";

type Treatment = { deviceGroups: readonly string[]; rules: readonly ConnectorRule[] };

/**
 * On which devices a connector's records of a type hold, to be read behind "it is blocked": "on all devices". Where rules for it ask for
 * more than its type, it names each choice: which of them fits is told by its sources.
 */
export const whereItHolds = (type: IndicatorType, { deviceGroups, rules }: Treatment): string => {
  const fitting = rules.filter(({ when }) => when.types === null || when.types.includes(type));
  const sure = fitting.findIndex(fitsAnySource);
  const asked = sure === -1 ? fitting : fitting.slice(0, sure + 1);
  const scopes = asked.map((rule) => rule.deviceGroups ?? deviceGroups);
  const possible = new Set((sure === -1 ? [...scopes, deviceGroups] : scopes).map(describeScope));
  const words = [...possible].join(", or ");
  return possible.size === 1 ? words : `${words}: as the first rule that fits it says`;
};

const fitsAnySource = ({ when: { feeds, minConfidence, tags } }: ConnectorRule): boolean =>
  feeds === null && minConfidence === null && tags === null;

/** What an application needs to ask which device groups a tenant has. */
export const GROUPS_PERMISSION = "Score.Read.All";

/** All device groups that a connector names, in its settings or a rule. */
export const namedGroups = ({ deviceGroups, rules }: Treatment): string[] => [
  ...new Set([...deviceGroups, ...rules.flatMap((rule) => rule.deviceGroups ?? [])]),
];

/** Some device groups, to be read behind what holds on them; of none: all devices. */
export const describeScope = (groups: readonly string[]): string =>
  groups.length === 0
    ? "on all devices"
    : `on the devices of ${quoteNames(groups.toSorted().map((text) => ({ text })))} alone`;
