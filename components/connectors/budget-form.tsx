import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Input } from "@/components/ui/input";
import type { PlaceShare, Weights } from "@/lib/domain/selection/budget-settings";

import { WEIGHT_WORDS } from "./budget-words";
import { ShareTable } from "./share-table";

type Competitor = PlaceShare & { id: string; name: string; of?: string; wanted: number; chosen: number };
type Props = {
  destination: {
    id: string;
    limit: number;
    headroom: number;
    steadiness: number;
    weights: Weights;
    teams: readonly Competitor[];
    feeds: readonly Competitor[];
  };
  action: FormAction;
};

/** Who gets the places of one tenant: headroom, what counts, and the floors and ceilings of teams and feeds. */
export const BudgetForm = ({ destination, action }: Props) => {
  const { id, limit, headroom, steadiness, weights, teams, feeds } = destination;
  return (
    <ActionForm action={action} label="Who gets the places">
      <HiddenFields values={{ id }} />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field
          name="headroom"
          label="Kept free"
          hint="Places that plans leave to people and other tools in the portal."
          required
        >
          <Input type="number" min={0} max={limit} defaultValue={headroom} />
        </Field>
        <Field
          name="steadiness"
          label="Steadiness"
          hint="What stands counts as if it were so many points of confidence surer, so that small changes replace nothing."
          required
        >
          <Input type="number" min={0} max={100} defaultValue={steadiness} />
        </Field>
      </div>
      <FieldGroup legend="What counts" hint="From 0, not at all, to 10." columns={3}>
        {WEIGHT_WORDS.map(({ name, label, hint }) => (
          <Field key={name} name={`weights.${name}`} label={label} hint={hint} required>
            <Input type="number" min={0} max={10} defaultValue={weights[name]} />
          </Field>
        ))}
      </FieldGroup>
      <ShareTable name="teams" caption="Places of teams" rows={teams} limit={limit} />
      {feeds.length > 0 && <ShareTable name="feeds" caption="Places of feeds" rows={feeds} limit={limit} />}
      <FormStatus />
      <SubmitButton>Save</SubmitButton>
    </ActionForm>
  );
};
