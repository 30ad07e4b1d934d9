import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

import { AcceptRunButton } from "./accept-run-button";
import { heldSize, type ShownRun } from "./shown-run";

type Props = {
  team: string;
  /** The run that a person discarded. */
  run: ShownRun & { decidedAt: Date | null };
  /** How many of the feed's indicators are live now. */
  liveCount: number;
  /** Absent: the reader may not decide. */
  accept?: FormAction | undefined;
  /** The run that is live, to be compared with. */
  liveRunId?: string | undefined;
};

/** The source still gives what a person discarded: what is live and what it gives have parted, and how to go on. */
export const RefusedCallout = ({ team, run, liveCount, accept, liveRunId }: Props) => (
  <Callout
    tone="warning"
    title="The source still gives what was discarded"
    action={
      accept && (
        <AcceptRunButton
          team={team}
          run={run}
          liveCount={liveCount}
          action={accept}
          trigger="Accept after all"
          variant="secondary"
        />
      )
    }
  >
    <p>
      <TextLink href={`/t/${team}/runs/${run.id}`}>Run {run.number}</TextLink> with{" "}
      {formatCount(heldSize(run.counts), "indicator")} was discarded <RelativeTime at={run.decidedAt} />. The{" "}
      {formatNumber(liveCount)} of the last good run stay live until the source gives another list.
    </p>
    {liveRunId !== undefined && (
      <p className="mt-1">
        <TextLink href={`/t/${team}/runs/${run.id}/compare/${liveRunId}`}>See how the two differ</TextLink>
      </p>
    )}
  </Callout>
);
