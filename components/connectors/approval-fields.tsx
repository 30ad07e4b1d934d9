import { CheckboxField } from "@/components/forms/choice";
import { Callout } from "@/components/ui/callout";
import { describeLimits, type PlanLimits } from "@/lib/domain/delivery/plan-limits";

import { LimitFields } from "./limit-fields";

/** Who raised the limits, and what goes on to hold for whoever that was. */
export type ShownLoosened = {
  byName: string;
  at: Date;
  former: PlanLimits;
  isInherited: boolean;
  isReader: boolean;
};
type Props = { values: PlanLimits | null; loosened: ShownLoosened | null };

/** Above how much a second person is asked, and who raised that. */
export const ApprovalFields = ({ values, loosened }: Props) => (
  <div className="space-y-3">
    <LimitFields
      group="approval"
      legend="A second person approves above"
      hint="Somebody else than the plan’s author. Another action or other device groups count as a removal and an addition. Recalls never wait. Blank: no limit. Whoever raises a limit keeps to the former one in what they apply alone, until another owner confirms the new one."
      values={values}
    />
    {loosened && (
      <Callout
        tone="warning"
        title={`${loosened.isInherited ? "Set up" : "Raised"} by ${loosened.byName}.`}
        role="note"
      >
        <p>{describeFormer(loosened)}</p>
        {!loosened.isReader && (
          <CheckboxField name="confirmLimits" label="I confirm these limits as they are" className="mt-3" />
        )}
      </Callout>
    )}
  </div>
);

/** What held before the limits were raised, and for whom it goes on to hold. */
const describeFormer = ({ byName, at, former, isInherited, isReader }: ShownLoosened): string => {
  const day = at.toISOString().slice(0, 10);
  const limits = describeLimits(former, "nothing");
  const before = isInherited
    ? `On ${day}, beside others to the same place, where it is above ${limits}.`
    : `On ${day}; before that it was above ${limits}.`;
  return isReader
    ? `${before} The former limit still holds for what you apply alone and for what goes by itself. Another owner can end that here, by ticking that the new limits are right.`
    : `${before} The former limit still holds for what ${byName} applies alone and for what goes by itself. Tick this and save, and the new limits hold for everybody.`;
};
