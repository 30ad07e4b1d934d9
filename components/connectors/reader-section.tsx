import { ActionForm } from "@/components/forms/action-form";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import { FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Callout } from "@/components/ui/callout";
import { FormDisclosure } from "@/components/ui/form-disclosure";
import { Input } from "@/components/ui/input";
import { KeyValueList } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";

import { CredentialFacts, type ShownCredential } from "./credential-facts";
import { CredentialFields } from "./credential-fields";

type Props = {
  destinationId: string;
  reader:
    | (ShownCredential & {
        clientId: string;
        createdBy: string;
        lookedAt: Date | null;
        problem: string | null;
      })
    | null;
  setAction: FormAction;
  removeAction: FormAction;
  now: Date;
};

/** Which application reads a tenant for all teams: what it signs in with, when it last looked, and how to set or replace it. */
export const ReaderSection = ({ destinationId, reader, setAction, removeAction, now }: Props) => (
  <section aria-label="Read for all teams" className="space-y-4">
    <div>
      <h3 className="text-sm font-semibold">Read for all teams</h3>
      <p className="text-muted text-sm">
        An application that may read the whole tenant. With it, every team that sends here is told how full
        the tenant is and what others hold there, and no team’s own application has to see that. It never
        writes. Without it, each team sees what its own application may.
      </p>
    </div>
    {reader && (
      <>
        <KeyValueList
          entries={[
            { label: "Application id", value: <code className="text-xs">{reader.clientId}</code> },
            { label: "Set by", value: reader.createdBy },
            { label: "Last read", value: <RelativeTime at={reader.lookedAt} noneLabel="not yet" /> },
          ]}
        />
        <CredentialFacts credential={reader} now={now} />
        {reader.problem !== null && (
          <Callout tone="warning" title="It could not read the tenant." role="note">
            {reader.problem} Until it can, each team’s own application looks, as far as it may see.
          </Callout>
        )}
        <ConfirmDialog
          trigger="Remove"
          title="Remove this application?"
          confirmLabel="Remove"
          action={removeAction}
          values={{ id: destinationId }}
        >
          <p>
            Its secret is forgotten. Teams whose own application does not see the whole tenant are no longer
            told how full it is and what others hold there.
          </p>
        </ConfirmDialog>
      </>
    )}
    <FormDisclosure summary={reader ? "Replace it" : "Set one"}>
      <ActionForm action={setAction} label="Read for all teams" closesDialog>
        <HiddenFields values={{ id: destinationId }} />
        <Field
          name="clientId"
          label="Application (client) id"
          hint="With the application permission Ti.Read.All or Ti.ReadWrite.All of WindowsDefenderATP, consented to in this tenant."
          required
        >
          <Input isMono autoComplete="off" defaultValue={reader?.clientId ?? ""} />
        </Field>
        <CredentialFields identities={[]} />
        <FormStatus />
        <FormActions>
          <SubmitButton>Test and save</SubmitButton>
        </FormActions>
      </ActionForm>
    </FormDisclosure>
  </section>
);
