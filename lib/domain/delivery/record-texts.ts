import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";

import type { MergedRecord } from "./merge-claims";
import { fillTemplate, type TemplateValues } from "./templates";

/** The title and the description as the connector words them, else as everywhere. All is of the merged record: what may be read there. */
export const recordTexts = (
  type: IndicatorType,
  record: MergedRecord,
  traceUrl: string,
): { title: string; description: string } => {
  const { title = null, description = null } = record.templates ?? {};
  const words = record.words ?? { title: null, description: null };
  const values = () => toValues(type, record, traceUrl);
  return {
    title:
      words.title ?? ((title === null ? "" : fillTemplate(title, values())) || recordTitle(type, record)),
    description:
      words.description ??
      ((description === null ? "" : fillTemplate(description, values())) ||
        recordDescription(record, traceUrl)),
  };
};

const toValues = (type: IndicatorType, record: MergedRecord, traceUrl: string): TemplateValues => ({
  team: record.teams[0]?.name ?? "Sluice",
  teams: record.teams.map(({ name }) => name).join(", "),
  others: record.teams.length > 1 ? `+${String(record.teams.length - 1)}` : "",
  feeds: record.feeds.join(", "),
  type: INDICATOR_TYPE_LABELS[type],
  confidence: String(record.confidence),
  threat: record.threatTypes.join(", "),
  comment: record.comments.join(" / "),
  network: record.networks.join(", "),
  tags: record.tags.join(", "),
  link: traceUrl,
});

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
  const { threatTypes, comments, feeds, teams, networks } = record;
  const said = [threatTypes.join(", "), comments.join(" / ")].filter((part) => part !== "").join(": ");
  const sentences = [
    said === "" ? null : said.replace(/[\s.]*$/, "."),
    networks.length === 0
      ? null
      : `Part of the network${networks.length === 1 ? "" : "s"} ${networks.join(", ")}.`,
    feeds.length === 0 ? null : `Feeds: ${feeds.join(", ")}.`,
    `Teams: ${teams.map(({ name }) => name).join(", ")}.`,
    traceUrl,
  ];
  return sentences.filter((sentence) => sentence !== null).join(" ");
};
