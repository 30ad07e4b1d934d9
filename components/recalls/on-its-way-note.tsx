import { Callout } from "@/components/ui/callout";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

import { sayOnItsWay } from "./on-its-way-words";

type Way = { pushId: string; queuedAt: Date; count: number };

/** That a plan does not take back all of what is held back: the rest is in pushes that have not ended. Nothing where all is. */
export const OnItsWayNote = ({ base, ways }: { base: string; ways: readonly Way[] }) => {
  const count = ways.reduce((sum, way) => sum + way.count, 0);
  if (count === 0) return null;
  return (
    <Callout tone="info" title={sayOnItsWay(count)} role="note">
      A person held them back after they were applied, in{" "}
      {ways.map(({ pushId, queuedAt }, place) => (
        <span key={pushId}>
          {place > 0 && ", "}
          <TextLink href={`${base}/pushes/${pushId}`}>
            the push begun <RelativeTime at={queuedAt} />
          </TextLink>
        </span>
      ))}
      . What arrives all the same is planned away when that push ends.
    </Callout>
  );
};
