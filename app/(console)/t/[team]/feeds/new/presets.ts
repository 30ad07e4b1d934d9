import { NEW_FEED, type FeedFormValues } from "@/components/feeds/feed-form-values";

type Options = {
  from: string | undefined;
  kind: string | undefined;
  teamName: string;
  sandboxUrl: string | undefined;
};

/** What the form of a new feed begins with: the sandbox's copy of Microsoft's list, a kind, or nothing. */
export const presetOf = ({ from, kind, teamName, sandboxUrl }: Options): FeedFormValues => {
  if (from === "covid19" && sandboxUrl !== undefined) return covid19(teamName, sandboxUrl);
  return { ...NEW_FEED, kind: kind === "freetext" ? "freetext" : "csv" };
};

// The file's own columns: time, value, type, TLP, product, threat type, description.
const covid19 = (teamName: string, sandboxUrl: string): FeedFormValues => ({
  ...NEW_FEED,
  name: `${teamName} - Microsoft COVID-19 Indicators`,
  provider: "Microsoft",
  url: `${sandboxUrl}/feeds/covid19.csv`,
  csv: {
    ...NEW_FEED.csv,
    valueColumns: "2",
    columns: { firstSeen: "1", tlp: "4", threatType: "6", comment: "7" },
  },
});
