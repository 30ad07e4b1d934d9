import { CheckboxField } from "@/components/forms/choice";
import { Callout } from "@/components/ui/callout";
import { describeLimits, type PlanLimits } from "@/lib/domain/delivery/plan-limits";

import { LimitFields } from "./limit-fields";

/** Who raised the limits, and what goes on to hold for whoever that was. */
export type ShownLoosened = { byName: string; at: Date; former: PlanLimits; isReader: boolean };
type Props = { values: PlanLimits | null; loosened: ShownLoosened | null };

/** Above how much a second person is asked, and who raised that. */
export const ApprovalFields = ({ values, loosened }: Props) => (
  <div className="space-y-3">
    <LimitFields
      group="approval"
      legend="A second person approves above"
      hint="Somebody else than the plan’s author. Another action or other device groups count as a removal and an addition. Recalls never wait. Blank: no limit. Whoever raises a limit does not alone what the former one would have kept from being done alone, until somebody else confirms the new one."
      values={values}
    />
    {loosened && (
      <Callout tone="warning" title={`Raised by ${loosened.byName}.`} role="note">
        <p>{describeFormer(loosened)}</p>
        {!loosened.isReader && (
          <CheckboxField name="confirmLimits" label="I confirm these limits as they are" className="mt-3" />
        )}
      </Callout>
    )}
  </div>
);

/** What held before the limits were raised, and for whom it goes on to hold. */
const describeFormer = ({ byName, at, former, isReader }: ShownLoosened): string => {
  const since = `Until ${at.toISOString().slice(0, 10)} it was above ${describeLimits(former, "nothing")}.`;
  return isReader
    ? `${since} You raised it: that goes on to hold for what you do alone, and for what goes by itself, until somebody else confirms the new limits here or changes them.`
    : `${since} That goes on to hold for what ${byName} does alone, and for what goes by itself, until somebody else confirms the new limits or changes them.`;
};
