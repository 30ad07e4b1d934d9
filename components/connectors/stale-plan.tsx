import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { LinkButton } from "@/components/ui/link-button";

type Props = {
  because: string | null;
  /** Where the newer plan is; null while there is none. */
  newerHref: string | null;
  /** Makes a new one; null for who may not. */
  planAnew: { action: FormAction; values: Readonly<Record<string, string>> } | null;
};

/** Why a plan cannot be applied any more, and the way on. */
export const StalePlan = ({ because, newerHref, planAnew }: Props) => (
  <Callout
    tone="warning"
    role="status"
    title="This plan is stale: nothing of it was sent, and it cannot be applied any more."
    action={
      newerHref !== null ? (
        <LinkButton href={newerHref} variant="primary">
          Open the newer plan
        </LinkButton>
      ) : (
        planAnew && (
          <ActionButton action={planAnew.action} values={planAnew.values} variant="primary">
            Make a new plan
          </ActionButton>
        )
      )
    }
  >
    {because ?? "Something that it plans changed since it was made."}
    {newerHref === null && planAnew === null && " An analyst or owner of the team can make a new plan."}
  </Callout>
);
