import { Badge } from "@/components/ui/badge";
import { Count } from "@/components/ui/count";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";
import { strictest, type Tlp } from "@/lib/domain/indicator/types";
import type { ReactNode } from "react";

import { IndicatorStateBadge } from "./indicator-state-badge";
import { TlpBadge } from "./tlp-badge";

type Vouching = { endedBy: unknown; confidence: number; tlp: Tlp; firstSeen: Date; lastSeen: Date };
type Props = {
  verdict: { state: IndicatorState; reason: string; until: Date | null };
  attributions: readonly Vouching[];
  /** At how many destinations it stands. */
  liveAt: number;
  holds?: readonly { id: string; subject: string; by: string; reason: string; isAll: boolean }[];
  /** Where what is held back is lifted. */
  holdsHref?: string;
};

/** The answer in one line: how the value stands, why, until when, and with what weight. */
export const VerdictStrip = ({ verdict, attributions, liveAt, holds = [], holdsHref }: Props) => {
  const standing = attributions.filter(({ endedBy }) => endedBy === null);
  // What has ended still says how sure somebody was.
  const merged = merge(standing.length > 0 ? standing : attributions);
  return (
    <div className="bg-surface shadow-card rounded-lg border">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
        <IndicatorStateBadge state={verdict.state} />
        <p className="text-sm font-medium">{verdict.reason}</p>
      </div>
      {holds.map(({ id, subject, by, reason, isAll }) => (
        <div key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t px-4 py-3">
          <Badge tone="warning">Held back</Badge>
          <p className="text-sm">
            <span className="font-medium">
              {subject}, by {by}:
            </span>{" "}
            “{reason}”{" "}
            <span className="text-muted">
              {isAll
                ? "It is sent nowhere until that is lifted."
                : "It is sent only for what another source says."}
            </span>{" "}
            {holdsHref !== undefined && <TextLink href={holdsHref}>What is held back</TextLink>}
          </p>
        </div>
      ))}
      <dl className="grid grid-cols-2 border-t sm:grid-cols-3 lg:grid-cols-6">
        <Fact label="Until">
          <End verdict={verdict} />
        </Fact>
        <Fact label="TLP">{merged === null ? <None /> : <TlpBadge tlp={merged.tlp} />}</Fact>
        <Fact label="Confidence">
          <Count value={merged?.confidence} />
        </Fact>
        <Fact label="First seen">
          <RelativeTime at={merged?.firstSeen} noneLabel="not known" />
        </Fact>
        <Fact label="Last seen">
          <RelativeTime at={merged?.lastSeen} noneLabel="not known" />
        </Fact>
        <Fact label="Stands at">
          <Count value={liveAt} unit={liveAt === 1 ? "destination" : "destinations"} />
        </Fact>
      </dl>
    </div>
  );
};

const End = ({ verdict: { state, until } }: Pick<Props, "verdict">) => {
  if (until !== null) return <RelativeTime at={until} />;
  return state === "active" ? "No end" : <None label="not active" />;
};

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="px-4 py-2.5">
    <dt className="text-muted text-xs">{label}</dt>
    <dd className="mt-0.5 text-sm font-medium">{children}</dd>
  </div>
);

// The rule of the whole product: the strictest marking, the greatest confidence, the widest span.
const merge = (attributions: readonly Vouching[]): Omit<Vouching, "endedBy"> | null => {
  const [first, ...others] = attributions;
  if (first === undefined) return null;
  return others.reduce<Omit<Vouching, "endedBy">>(
    (all, { confidence, tlp, firstSeen, lastSeen }) => ({
      confidence: Math.max(all.confidence, confidence),
      tlp: strictest(all.tlp, tlp),
      firstSeen: firstSeen < all.firstSeen ? firstSeen : all.firstSeen,
      lastSeen: lastSeen > all.lastSeen ? lastSeen : all.lastSeen,
    }),
    first,
  );
};
