import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";

import type { Wish } from "./read-asked";

type Texts = { title: string; description: string };

/** What a domain's record says, as every connector words it, and none of those who want it does; null where there is nothing of that. */
export const findUnsaid = ({ title, description }: Texts, wishes: readonly Wish[]): string | null => {
  const { team, feed, confidence } = TITLE.exec(title)?.groups ?? {};
  if (team === undefined) return `“${title}”`;
  const said = wishes.flatMap(({ words }) => words ?? []);
  const teams = said.map((one) => one.team);
  const feeds = said.flatMap((one) => one.feeds);
  const namedFeeds = [...(feed === undefined ? [] : [feed]), ...listOf(FEEDS, description)];
  return (
    [team, ...listOf(TEAMS, description)].find((name) => !teams.includes(name)) ??
    namedFeeds.find((name) => !feeds.includes(name)) ??
    (said.some((one) => String(one.confidence) === confidence) ? null : `confidence ${confidence ?? "none"}`)
  );
};

const TITLE = new RegExp(
  `^\\[(?<team>.*?)(?: \\+\\d+)?\\] (?:(?<feed>.*) · )?${INDICATOR_TYPE_LABELS.domain} · (?<confidence>\\d+)$`,
);
const FEEDS = /(?:^|\. )Feeds: (.*?)\.(?: |$)/;
const TEAMS = /(?:^|\. )Teams: (.*?)\.(?: |$)/;

const listOf = (sentence: RegExp, text: string): string[] => sentence.exec(text)?.[1]?.split(", ") ?? [];
