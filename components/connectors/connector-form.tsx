"use client";

import { useState, type ReactNode } from "react";

import { ActionForm } from "@/components/forms/action-form";
import type { FormAction } from "@/components/forms/form-action";
import { FormActions } from "@/components/forms/field-group";
import { FormStatus } from "@/components/forms/form-status";
import { SubmitButton } from "@/components/forms/submit-button";
import type { ShownCheck } from "@/components/ui/check-outcome";
import { checksSchema } from "@/lib/domain/checks";

import { ConnectionChecks } from "./connection-checks";

type Props = {
  action: FormAction;
  label: string;
  saveLabel: string;
  /** False for a saved connector, which is tested on its own page. */
  canTest: boolean;
  children: ReactNode;
};

/** A connector's form with two ways to send it: try the connection, or save. */
export const ConnectorForm = ({ action, label, saveLabel, canTest, children }: Props) => {
  const [checks, setChecks] = useState<readonly ShownCheck[] | null>(null);
  return (
    <ActionForm
      action={action}
      label={label}
      className="space-y-6"
      isQuiet
      isTrial
      onDone={({ data }) => {
        const answer = checksSchema.pick({ checks: true }).safeParse(data);
        setChecks(answer.success ? answer.data.checks : null);
      }}
    >
      {children}
      {checks && <ConnectionChecks checks={checks} />}
      <FormStatus />
      <FormActions>
        <SubmitButton name="intent" value="save">
          {saveLabel}
        </SubmitButton>
        {canTest && (
          <SubmitButton name="intent" value="test" variant="secondary" pendingLabel="Testing">
            Test connection
          </SubmitButton>
        )}
      </FormActions>
    </ActionForm>
  );
};
