import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";

type Props = {
  team: string;
  connectorId: string;
  /** For who may plan. */
  action: FormAction | null;
};

/** That the newest plan does not know of all that changed since. */
export const BehindNote = ({ team, connectorId, action }: Props) => (
  <Callout
    tone="info"
    role="note"
    title="Something that decides changed since the newest plan."
    action={
      action && (
        <ActionButton action={action} values={{ team, id: connectorId }} size="sm">
          Make a new plan
        </ActionButton>
      )
    }
  >
    It may be indicators, settings, places, or what Microsoft takes, says of devices or has from others.
    Nothing of it is sent here before somebody plans, looks and applies.
  </Callout>
);
