import { LONGEST_TEAM_NAME } from "@/lib/domain/access/team-name";
import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";
import { toPlainText } from "@/lib/domain/plain-text";

import type { MergedRecord } from "./merge-claims";
import { fillTemplate, type TemplateValues } from "./templates";

/** How many characters of each a destination keeps. */
export type TextLimits = { title: number; description: number };

/**
 * The title and the description as the connector words them, else as everywhere. All is of the merged record: what may be read there.
 * Neither is longer than the limit: the sources' words give way, and whose it is and the link stay.
 */
export const recordTexts = (
  type: IndicatorType,
  record: MergedRecord,
  traceUrl: string,
  limits: TextLimits,
): { title: string; description: string } => {
  const { title = null, description = null } = record.templates ?? {};
  const words = record.words ?? { title: null, description: null };
  const values = toValues(type, record, traceUrl);
  return {
    title:
      words.title ??
      (fillWith(title, values, limits.title) ||
        fitText(renderTitle, { ...values, feeds: plain(record.feeds[0] ?? "") }, limits.title)),
    description:
      words.description ??
      (fillWith(description, values, limits.description) ||
        fitText(renderDescription, values, limits.description)),
  };
};

const fillWith = (template: string | null, values: TemplateValues, most: number): string =>
  template === null ? "" : fitText((filled) => fillTemplate(template, filled), values, most);

/** Where a record's link leads: to the trace of the indicator with this public id, in a team of the reader's own. */
export const traceLink = (appUrl: string, key: string): string => `${appUrl}/indicators/${key}`;

/**
 * Why a template has no room for what must not be shortened, whoever the team and whatever the indicator: its own words, the team's
 * name and the link. Null where it has.
 */
export const findOverlong = (template: string, appUrl: string, most: number): string | null => {
  const { length } = fillTemplate(template, {
    ...{ teams: "", feeds: "", threat: "", comment: "", network: "", tags: "" },
    ...{ team: "W".repeat(LONGEST_TEAM_NAME), others: "+99", confidence: "100" },
    type: LONGEST_TYPE,
    link: traceLink(appUrl, "0".repeat(UUID_CHARACTERS)),
  });
  return length <= most
    ? null
    : `With a long team name it has ${String(length)} characters, and ${String(most)} go there. Use ${String(length - most)} fewer: what stands beside the sources’ words is never shortened.`;
};

const UUID_CHARACTERS = 36;
const LONGEST_TYPE = Object.values(INDICATOR_TYPE_LABELS).reduce((longest, label) =>
  label.length > longest.length ? label : longest,
);

const toValues = (type: IndicatorType, record: MergedRecord, traceUrl: string): TemplateValues => ({
  team: plain(record.teams[0]?.name ?? "Sluice"),
  others: record.teams.length > 1 ? `+${String(record.teams.length - 1)}` : "",
  teams: plain(record.teams.map(({ name }) => name).join(", ")),
  feeds: listed(record.feeds, ", "),
  type: INDICATOR_TYPE_LABELS[type],
  confidence: String(record.confidence),
  threat: listed(record.threatTypes, ", "),
  comment: listed(record.comments, " / "),
  network: listed(record.networks, ", "),
  tags: listed(record.tags, ", "),
  link: traceUrl,
});

const listed = (texts: readonly string[], between: string): string =>
  texts.length === 0 ? "" : plain(texts.join(between));

const plain = (text: string): string => toPlainText(text, Infinity);

/** `[Team A +1] Microsoft COVID-19 · SHA-256 · 85`: whose it is, from where, what, how sure. */
const renderTitle = ({ team, others, feeds, type, confidence }: TemplateValues): string => {
  const who = `[${team}${others === "" ? "" : ` ${others}`}]`;
  return `${who} ${[feeds, type, confidence].filter((part) => part !== "").join(" · ")}`;
};

/** What a colleague reads in the portal: the sources' own words first, then who and where to look. */
const renderDescription = ({ threat, comment, network, feeds, teams, link }: TemplateValues): string => {
  const said = [threat, comment].filter((part) => part !== "").join(": ");
  const sentences = [
    said === "" ? null : toSentence(said),
    network === "" ? null : `Part of the network${network.includes(", ") ? "s" : ""} ${network}.`,
    feeds === "" ? null : `Feeds: ${feeds}.`,
    teams === "" ? null : `Teams: ${teams}.`,
    link,
  ];
  return sentences.filter((sentence) => sentence !== null).join(" ");
};

const toSentence = (said: string): string => (said.endsWith("…") ? said : said.replace(/[\s.]*$/, "."));

/** What gives way where a text is too long, first to last: whoever reads it must see whose it is and where to look. */
const GIVES_WAY = ["comment", "threat", "tags", "network", "feeds", "teams", "team"] as const;

const fitText = (
  render: (values: TemplateValues) => string,
  values: TemplateValues,
  most: number,
): string => {
  let fitted = values;
  let text = render(fitted);
  for (const name of GIVES_WAY) {
    if (text.length <= most) break;
    const taken = text.length - render({ ...fitted, [name]: "" }).length;
    // A template may name it more than once.
    const times = Math.max(1, Math.round(taken / Math.max(1, fitted[name].length)));
    fitted = { ...fitted, [name]: shorten(fitted[name], Math.ceil((text.length - most) / times)) };
    text = render(fitted);
  }
  return text;
};

const shorten = (text: string, by: number): string =>
  text.length - by < SHORTEST ? "" : toPlainText(text, text.length - by);

/** Less than that of a text says nothing. */
const SHORTEST = 12;
