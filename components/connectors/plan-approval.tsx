import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { RelativeTime } from "@/components/ui/relative-time";

type Props = {
  approval: {
    reasons: readonly string[];
    /** They are the reader's alone. */
    othersMayApply: boolean;
    approvedAt: Date | null;
    approvedBy: string | null;
    canApprove: boolean;
    /** Whoever approves it may not apply it. */
    takesTwo: boolean;
    canApply: boolean;
  };
  /** Whether the reader's role may approve at all. */
  mayApprove: boolean;
  action: FormAction;
  values: Readonly<Record<string, string>>;
};

/** Whether a second person has to look first, and the button for who may be that one. */
export const PlanApproval = ({ approval, mayApprove, action, values }: Props) => {
  const { reasons, othersMayApply, approvedAt, approvedBy, canApprove, takesTwo, canApply } = approval;
  if (approvedAt !== null)
    return (
      <Callout tone="success" title={`Approved by ${approvedBy ?? "somebody"}.`} role="note">
        That was <RelativeTime at={approvedAt} />, of exactly this plan.
        {mayApprove && reasons.length > 0 && !canApply && (
          <>
            {" "}
            You approved it, and no person made it:{" "}
            <strong>somebody else of the team has to apply it.</strong>
          </>
        )}
      </Callout>
    );
  if (reasons.length === 0) return null;
  if (othersMayApply)
    return (
      <Callout tone="warning" title="Somebody else has to approve or apply it." role="note">
        {reasons.join(" ")}
      </Callout>
    );
  return (
    <Callout tone="warning" title="A second person has to approve it." role="note">
      <p>{reasons.join(" ")}</p>
      {takesTwo && canApprove && mayApprove && <p className="mt-1">{TAKES_TWO}</p>}
      {canApprove && mayApprove ? (
        <div className="mt-3">
          <ConfirmDialog
            trigger="Approve"
            title="Approve this plan?"
            confirmLabel="Approve"
            isDangerous={false}
            action={action}
            values={values}
          >
            <p>
              It may be applied then, exactly as it stands here. If something of it changes first, it is not
              sent.
            </p>
            {takesTwo && (
              <p>
                <strong>You cannot apply it yourself then.</strong> {TAKES_TWO}
              </p>
            )}
          </ConfirmDialog>
        </div>
      ) : (
        <p>
          {canApprove
            ? "An analyst or owner of the team can do that."
            : "You made it, so it has to be somebody else."}
        </p>
      )}
    </Callout>
  );
};

const TAKES_TWO = "No person made it, so two have to look: one approves it, and somebody else applies it.";
