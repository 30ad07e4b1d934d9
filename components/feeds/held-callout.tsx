import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber, formatShare } from "@/components/ui/format-number";
import { TextLink } from "@/components/ui/text-link";

import { AcceptRunButton } from "./accept-run-button";
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

/** A run that waits for a person: why, both sizes, what each decision does, and the decision. */
export const HeldCallout = (props: Props) => {
  const { team, run, liveCount, isSuperseded, actions, liveRunId, isOnRunPage = false } = props;
  const size = heldSize(run.counts);
  const isNoList = run.error !== null && NO_LIST.has(run.error.code);
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
              <AcceptRunButton
                team={team}
                run={run}
                liveCount={liveCount}
                action={actions.accept}
                trigger={isNoList ? "Accept all the same" : `Accept ${formatCount(size, "indicator")}`}
                variant={isNoList ? "secondary" : "primary"}
              />
            )}
            <ActionButton
              action={actions.discard}
              values={{ team, runId: run.id }}
              variant={isNoList ? "primary" : "secondary"}
            >
              Discard this run
            </ActionButton>
          </>
        )
      }
    >
      {run.error !== null && (
        <p>{run.error.message.replace(/^Held: (\w)/, (_, first: string) => first.toUpperCase())}</p>
      )}
      <p className="mt-1">
        <strong>Accept</strong> makes this list live; <strong>Discard</strong> drops it. The same list is not
        asked about again, another one is judged anew.
        {isSuperseded && " A newer run is live already, so this one can only be discarded."}
        {actions === undefined && " An analyst or owner of the team can decide."}
      </p>
      {liveRunId !== undefined && !isNoList && (
        <p className="mt-1">
          <TextLink href={`/t/${team}/runs/${run.id}/compare/${liveRunId}`}>
            See what would be lost and what is new
          </TextLink>
        </p>
      )}
    </Callout>
  );
};

/** What cannot be the list itself, or not all of it: to accept it is hardly ever right. */
const NO_LIST: ReadonlySet<string> = new Set(["cut_short", "empty", "web_page"]);
