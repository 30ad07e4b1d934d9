import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber, formatShare } from "@/components/ui/format-number";
import { TextLink } from "@/components/ui/text-link";

import { heldSize, type ShownRun } from "./shown-run";

type Props = {
  team: string;
  run: ShownRun;
  /** How many of the feed's indicators are live now. */
  liveCount: number;
  /** A newer run is live: this one can only be discarded. */
  isSuperseded: boolean;
  /** Absent: the reader may not decide. */
  actions?: { accept: FormAction; discard: FormAction } | undefined;
  /** The run that is live, to be compared with. */
  liveRunId?: string | undefined;
  /** On the run's own page it does not link to itself. */
  isOnRunPage?: boolean;
};

/** A run that shrank too far: both sizes, what each decision does, and the decision. */
export const HeldCallout = (props: Props) => {
  const { team, run, liveCount, isSuperseded, actions, liveRunId, isOnRunPage = false } = props;
  const size = heldSize(run.counts);
  return (
    <Callout
      tone="warning"
      title={
        <>
          Held for you:{" "}
          {isOnRunPage ? (
            "this run"
          ) : (
            <TextLink href={`/t/${team}/runs/${run.id}`}>run {run.number}</TextLink>
          )}{" "}
          holds {formatCount(size, "indicator")}, {formatNumber(liveCount)} are live
          {liveCount > size && ` (−${formatShare((liveCount - size) / liveCount)})`}
        </>
      }
      action={
        actions && (
          <>
            {!isSuperseded && (
              <ConfirmDialog
                trigger={`Accept ${formatCount(size, "indicator")}`}
                variant="primary"
                title={`Make run ${formatNumber(run.number)} live with ${formatCount(size, "indicator")}?`}
                confirmLabel="Accept this size"
                isDangerous={false}
                action={actions.accept}
                values={{ team, runId: run.id }}
              >
                <p>
                  What the source no longer holds leaves with the next plan, as the feed’s removal policy
                  says; so up to {formatNumber(liveCount)} leave and {formatNumber(size)} stay or come.
                </p>
                <p>
                  Nothing is sent to a destination before a plan is applied. The next runs are measured by
                  this size.
                </p>
              </ConfirmDialog>
            )}
            <ActionButton action={actions.discard} values={{ team, runId: run.id }}>
              Discard this run
            </ActionButton>
          </>
        )
      }
    >
      <p>
        The last good run stays live until somebody decides. <strong>Accept</strong> makes the new size live;{" "}
        <strong>Discard</strong> drops this run, and the next one that brings other bytes is judged anew.
        {isSuperseded && " A newer run is live already, so this one can only be discarded."}
        {actions === undefined && " An analyst or owner of the team can decide."}
      </p>
      {liveRunId !== undefined && (
        <p className="mt-1">
          <TextLink href={`/t/${team}/runs/${run.id}/compare/${liveRunId}`}>
            See what would be lost and what is new
          </TextLink>
        </p>
      )}
    </Callout>
  );
};
