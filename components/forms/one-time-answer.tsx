"use client";

import { useState, type ReactNode } from "react";

import { Callout } from "@/components/ui/callout";
import { CodeBlock } from "@/components/ui/code-block";

import { ActionForm } from "./action-form";
import type { FormAction } from "./form-action";

type Props = {
  action: FormAction;
  label: string;
  /** What the secret is: "Invitation link". */
  secretLabel: string;
  /** How long it holds and what to do with it. */
  note: string;
  children: ReactNode;
};

/** A form whose answer holds something that is shown once: a link, a token, a password. It goes when the page is left. */
export const OneTimeAnswer = ({ action, label, secretLabel, note, children }: Props) => {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <div className="space-y-4">
      <ActionForm
        action={action}
        label={label}
        resetsOnDone
        onDone={({ data }) => {
          setSecret(typeof data === "string" ? data : null);
        }}
      >
        {children}
      </ActionForm>
      {secret !== null && (
        <Callout tone="success" title={`${secretLabel}: shown once`} role="status">
          <p className="mb-2">{note}</p>
          <CodeBlock code={secret} label={secretLabel} />
        </Callout>
      )}
    </div>
  );
};
