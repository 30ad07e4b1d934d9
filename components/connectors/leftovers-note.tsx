import type { ReactNode } from "react";

import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { ExactTime } from "@/components/ui/relative-time";

type Props = {
  /** What is left of a push that waits, and when its destination was read all the same. */
  leftovers: { count: number; forRoom: number; readAt: Date | null };
  /** The way out, for whoever may take it. */
  children: ReactNode;
};

/** That what is left of a push may be why it waits, and what comes of leaving that out. */
export const LeftoversNote = ({ leftovers: { count, forRoom, readAt }, children }: Props) => {
  const [it, its] = count === 1 ? ["it", "Its receipt says"] : ["them", "Their receipts say"];
  const kept = count - forRoom;
  return (
    <Callout
      tone="warning"
      title={`${formatCount(count, "record")} may be why nothing is answered.`}
      role="note"
      action={children}
    >
      {readAt === null ? (
        "It waits for longer than most outages last"
      ) : (
        <>
          The destination was read at <ExactTime at={readAt} />
        </>
      )}
      , all else of this push is done, and {count === 1 ? "this one was" : "these were"} sent again and again
      without an answer. Leave {it} out to end the push. {its} then what may stand there
      {kept > 0 &&
        `, and new plans leave ${it} out, too, until ${count === 1 ? "it changes" : "they change"} or somebody asks for ${it}`}
      .{forRoom > 0 && ` ${sayForRoom(forRoom, count)}`} Waiting loses nothing, either.
    </Callout>
  );
};

const sayForRoom = (forRoom: number, count: number): string => {
  const which = forRoom < count ? formatNumber(forRoom) : count === 1 ? "It" : "They";
  return `${which} ${forRoom === 1 ? "is" : "are"} to go to make room: what has to go for that is chosen anew by the next plan.`;
};
