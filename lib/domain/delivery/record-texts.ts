import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";

import type { MergedRecord } from "./merge-claims";

/** `[Team A +1] Microsoft COVID-19 · SHA-256 · 85`: whose it is, from where, what, how sure. */
export const recordTitle = (type: IndicatorType, { teams, feeds, confidence }: MergedRecord): string => {
  const [team] = teams;
  const others = teams.length - 1;
  const who = `[${team?.name ?? "Sluice"}${others > 0 ? ` +${String(others)}` : ""}]`;
  const parts = [...feeds.slice(0, 1), INDICATOR_TYPE_LABELS[type], String(confidence)];
  return `${who} ${parts.join(" · ")}`;
};

/** What a colleague reads in the portal: the sources' own words first, then who and where to look. */
export const recordDescription = (record: MergedRecord, traceUrl: string): string => {
  const { threatTypes, comments, feeds, teams } = record;
  const said = [threatTypes.join(", "), comments.join(" / ")].filter((part) => part !== "").join(": ");
  const sentences = [
    said === "" ? null : said.replace(/[\s.]*$/, "."),
    feeds.length === 0 ? null : `Feeds: ${feeds.join(", ")}.`,
    `Teams: ${teams.map(({ name }) => name).join(", ")}.`,
    traceUrl,
  ];
  return sentences.filter((sentence) => sentence !== null).join(" ");
};
