import { ActionForm } from "@/components/forms/action-form";
import { SwitchField } from "@/components/forms/choice";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { RadioGroup } from "@/components/forms/radio-group";
import { SubmitButton } from "@/components/forms/submit-button";
import type { SecondPerson } from "@/lib/domain/indicator/second-person";

type Props = {
  team: string;
  secondPerson: SecondPerson;
  waitsToWithdraw: boolean;
  action: FormAction;
};

/** Which changes of the team's own list wait for another member. */
export const SecondPersonForm = ({ team, secondPerson, waitsToWithdraw, action }: Props) => (
  <ActionForm action={action} label="A second person">
    <HiddenFields values={{ team }} />
    <RadioGroup
      name="secondPerson"
      legend="What is added or edited by hand, by file or by the API waits for another member"
      defaultValue={secondPerson}
      options={[
        { value: "off", label: "Never", hint: "It stands at once." },
        {
          value: "block",
          label: "When it may block",
          hint: "Its own action is Block, or it has none and a Defender connector of the team blocks.",
        },
        { value: "all", label: "Always" },
      ]}
    />
    <SwitchField
      name="secondPersonWithdrawals"
      label="Withdrawals wait, too"
      hint="Leave this off to have what is wrong go at once. Recalls never wait."
      defaultChecked={waitsToWithdraw}
    />
    <FormStatus />
    <SubmitButton>Save</SubmitButton>
  </ActionForm>
);
