import { ACTION_LABELS } from "@/lib/domain/connector/actions";
import { TLP_LABELS, tlpFromCode } from "@/lib/domain/indicator/types";

import type { WantedCode } from "./codes";
import { shareText, type Share, type ShareContent } from "./share";

export type Difference = { code: Exclude<WantedCode, "new">; reason: string };

/** What a change of a standing claim is about, the weightiest first. */
export const describeDifference = (before: Share, after: Share): Difference => {
  const [oldGroups, newGroups] = [groupsOf(before), groupsOf(after)];
  if (oldGroups !== newGroups) {
    const reason = `Device groups: ${newGroups} instead of ${oldGroups}. The record is removed and made anew.`;
    return { code: "groups-changed", reason };
  }
  if (before.action !== after.action)
    return {
      code: "action-changed",
      reason: `${ACTION_LABELS[before.action]} becomes ${ACTION_LABELS[after.action]}.`,
    };
  // It is marked to be written anew (`mark-above-ceiling.ts`).
  if (shareText(before) === shareText(after)) return { code: "details-changed", reason: ABOVE_CEILING };
  const isSameOtherwise = shareText({ ...before, expiresAt: after.expiresAt }) === shareText(after);
  if (isSameOtherwise) {
    const reason = `Ends ${day(after.expiresAt)} instead of ${day(before.expiresAt)}.`;
    return { code: "expiry-changed", reason };
  }
  const parts = [
    before.severity === after.severity ? null : `severity ${before.severity} → ${after.severity}`,
    ...describeContent(before.content, after.content),
  ].filter((part) => part !== null);
  const changed = parts.length === 0 ? "what its feeds say of it" : parts.join(", ");
  return { code: "details-changed", reason: `Changed: ${changed}.` };
};

const ABOVE_CEILING =
  "What sources of other claimants say of it is stricter than this connector’s ceiling, and leaves the record.";

const describeContent = (before: ShareContent, after: ShareContent): (string | null)[] => {
  const names = (content: ShareContent) => content.feeds.map(({ name }) => name).join(", ");
  const [oldNames, newNames] = [names(before), names(after)];
  return [
    before.confidence === after.confidence
      ? null
      : `confidence ${String(before.confidence)} → ${String(after.confidence)}`,
    before.tlp === after.tlp
      ? null
      : `${TLP_LABELS[tlpFromCode(before.tlp)]} → ${TLP_LABELS[tlpFromCode(after.tlp)]}`,
    before.team.name === after.team.name ? null : `team ${before.team.name} → ${after.team.name}`,
    oldNames === newNames ? null : `feeds ${oldNames} → ${newNames}`,
    oldNames !== newNames || publicNames(before) === publicNames(after)
      ? null
      : "which of its feeds other teams may read of",
    JSON.stringify(before.templates) === JSON.stringify(after.templates) ? null : "its wording",
    JSON.stringify(before.words) === JSON.stringify(after.words) ? null : "the words adopted from Microsoft",
  ];
};

const publicNames = ({ feeds }: ShareContent): string =>
  feeds.flatMap(({ name, isPublic }) => (isPublic ? [name] : [])).join(", ");

const groupsOf = ({ content: { deviceGroups } }: Share): string => {
  if (deviceGroups === undefined) return "the connector’s own";
  return deviceGroups.length === 0 ? "all devices" : deviceGroups.join(", ");
};

const day = (at: Date): string => at.toISOString().slice(0, 10);
