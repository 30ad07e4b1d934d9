"use client";

import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { CheckboxField } from "@/components/forms/choice";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";

import { ReachLines } from "./reach-lines";
import { useReach } from "./use-reach";

type Props = {
  team: string;
  /** Which: `{ feed: id }`, `{ run: id }` or `{ everything: "true" }`. */
  values: Readonly<Record<string, string>>;
  trigger: string;
  /** "everything of Abuse list", in the middle of a sentence. */
  what: string;
  action: FormAction;
  checkAction: FormAction;
  /** An administrator may choose every team that takes the feed. */
  canBeEverywhere?: boolean;
};

const UNTIL_HINT = "The end of this day, UTC. Blank: until somebody lifts it.";

/** Holds back what a feed, a run or the team vouches for, and plans to take back what stands of it. */
export const WithholdDialog = (props: Props) => {
  const { team, values, trigger, what, action, checkAction, canBeEverywhere = false } = props;
  const reach = useReach(checkAction, { team, ...values, ...(canBeEverywhere && { elsewhere: "true" }) });
  const isOfTeam = "everything" in values;
  return (
    <ConfirmDialog
      trigger={trigger}
      variant="danger-quiet"
      title={`Withdraw ${what}?`}
      confirmLabel="Withdraw"
      action={action}
      values={{ team, ...values }}
      onOpen={reach.ask}
      count={reach.count}
      fields={
        <>
          <Field name="reason" label="Reason" hint="Shown on every plan, and kept in the audit." required>
            <Textarea rows={2} />
          </Field>
          <Field name="until" label="Until" hint={UNTIL_HINT}>
            <Input type="date" />
          </Field>
          {canBeEverywhere && (
            <CheckboxField name="everywhere" value="true" label="In every team that takes this feed, too" />
          )}
        </>
      }
    >
      <p>
        From now on nothing of it is sent, until its end comes or somebody lifts it. Each connector gets a
        plan that takes back what stands of it at Microsoft; it goes before all other pushes.
      </p>
      <p>{isOfTeam ? OF_TEAM : OF_FEED}</p>
      <ReachLines reach={reach} none="Nothing of it stands at a destination." />
    </ConfirmDialog>
  );
};

const OF_TEAM =
  "That is all that the team has sent, whichever of its feeds vouches for it. What another team sends stays.";
const OF_FEED = "What another feed of the team also vouches for stays, without the words of this one.";
