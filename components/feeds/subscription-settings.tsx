import { Badge } from "@/components/ui/badge";
import { formatCount } from "@/components/ui/format-number";
import { KeyValueList, type KeyValueEntry } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import type { SubscriptionPolicy } from "@/lib/domain/feed/subscription";
import { INDICATOR_TYPE_LABELS, TLP_LABELS } from "@/lib/domain/indicator/types";

type Props = {
  feed: {
    provider: string;
    tags: readonly string[];
    createdAt: Date;
    storeOnly: boolean;
    sourceStoreOnly: boolean;
  };
  policy: SubscriptionPolicy;
  /** The names of the connectors that the policy names. */
  connectors: readonly string[] | null;
};

/** What a subscription takes of the shared feed, in words. */
export const SubscriptionSettings = ({ feed, policy, connectors }: Props) => (
  <KeyValueList
    className="[&>div]:grid-cols-[7.5rem_minmax(0,1fr)]"
    entries={[
      { label: "Provider", value: feed.provider },
      {
        label: "Types",
        value:
          policy.types === null ? "All" : policy.types.map((type) => INDICATOR_TYPE_LABELS[type]).join(", "),
      },
      {
        label: "Confidence",
        value: policy.minConfidence === 0 ? "Any" : `From ${String(policy.minConfidence)}`,
      },
      { label: "TLP", value: `Up to ${TLP_LABELS[policy.maxTlp]}` },
      {
        label: "Valid",
        value:
          policy.expiryDays === null
            ? "As long as the feed says"
            : `At most ${formatCount(policy.expiryDays, "day")} from ${policy.expireFrom === "firstSeen" ? "first" : "last"} seen`,
      },
      ...pushedOf(feed),
      { label: "Sent by", value: connectors === null ? "Each connector’s selection" : connectors.join(", ") },
      {
        label: "Tags",
        value:
          feed.tags.length === 0 ? null : (
            <span className="flex flex-wrap gap-1">
              {feed.tags.map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </span>
          ),
      },
      { label: "Subscribed", value: <RelativeTime at={feed.createdAt} /> },
    ]}
  />
);

const pushedOf = ({ storeOnly, sourceStoreOnly }: Props["feed"]): KeyValueEntry[] => {
  if (sourceStoreOnly) return [{ label: "Pushed", value: "Never: its owner has it stored only" }];
  return storeOnly ? [{ label: "Pushed", value: "Never: stored only" }] : [];
};
