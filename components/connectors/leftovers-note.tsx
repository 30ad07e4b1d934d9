import type { ReactNode } from "react";

import { Callout } from "@/components/ui/callout";
import { formatCount } from "@/components/ui/format-number";
import { ExactTime } from "@/components/ui/relative-time";

type Props = {
  /** What is left of a push that waits, and when its destination was read all the same. */
  leftovers: { count: number; readAt: Date | null };
  /** The way out, for whoever may take it. */
  children: ReactNode;
};

/** That what is left of a push may be why it waits, and what comes of leaving that out. */
export const LeftoversNote = ({ leftovers: { count, readAt }, children }: Props) => {
  const [it, its] = count === 1 ? ["it", "Its receipt says"] : ["them", "Their receipts say"];
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
      without an answer. Leave {it} out to end the push. {its} then that {count === 1 ? "it" : "they"} may
      stand there or not, and new plans add nothing of {it} before{" "}
      {count === 1 ? "it changes" : "they change"} or somebody asks for {it}. Waiting loses nothing, either.
    </Callout>
  );
};
