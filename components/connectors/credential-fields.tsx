"use client";

import { useState, type ReactNode } from "react";

import { Field } from "@/components/forms/field";
import { SecretInput } from "@/components/forms/secret-input";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import type { Identity } from "@/lib/domain/connector/credential-input";

type Way = "secret" | "file" | "pem" | Identity;
type Props = {
  /** What Azure gives the machine and this person may lend. */
  identities: readonly Identity[];
  /** The field for a secret where another than the usual one stands. */
  secretField?: ReactNode;
};

const WORDS: Readonly<Record<Way, string>> = {
  file: "Certificate, as a .pfx, .p12 or .pem file",
  pem: "Certificate, pasted as PEM text",
  secret: "Client secret",
  "system-assigned": "Managed identity of this server (system-assigned)",
  "user-assigned": "Managed identity of this server (user-assigned)",
  workload: "Workload identity of this server (federated token)",
};

/** How the application proves itself: one way at a time, what is safest first. What is entered goes in and never comes out. */
export const CredentialFields = ({ identities, secretField }: Props) => {
  const [chosen, setChosen] = useState<Way | null>(null);
  const ways: readonly Way[] = [...identities, "file", "pem", "secret"];
  const way = chosen ?? (secretField === undefined ? (identities[0] ?? "file") : "secret");
  const isIdentity = way !== "secret" && way !== "file" && way !== "pem";
  return (
    <>
      <Field
        name="signsInWith"
        label="Signs in with"
        hint={
          identities.length > 0
            ? "With an identity of the server there is nothing to keep and nothing that ends. A certificate cannot be read over a shoulder and says itself when it ends."
            : "A certificate cannot be read over a shoulder and says itself when it ends."
        }
      >
        <Select
          options={ways.map((value) => ({ value, label: WORDS[value] }))}
          value={way}
          onChange={(event) => {
            setChosen(ways.find((one) => one === event.currentTarget.value) ?? null);
          }}
        />
      </Field>
      {way === "secret" && <SecretFields secretField={secretField} />}
      {way === "file" && (
        <Field name="certificateFile" label="Certificate file" hint="With its private key." required>
          <Input type="file" accept=".pfx,.p12,.pem" />
        </Field>
      )}
      {way === "pem" && (
        <Field
          name="certificate"
          label="Certificate and private key"
          hint="Both PEM blocks, with their BEGIN and END lines."
          required
        >
          <Textarea rows={6} isMono autoComplete="off" />
        </Field>
      )}
      {(way === "file" || way === "pem") && (
        <Field name="certificatePassword" label="Its password" hint="Leave empty if it has none.">
          <SecretInput placeholder="" />
        </Field>
      )}
      {isIdentity && <input type="hidden" name="identity" value={way} />}
    </>
  );
};

const SecretFields = ({ secretField }: { secretField: ReactNode }) => (
  <>
    {secretField ?? (
      <Field
        name="clientSecret"
        label="Client secret"
        hint="The secret’s value, not its id. It is sealed and never shown again."
        required
      >
        <SecretInput />
      </Field>
    )}
    <SecretEndFields hint="As Entra ID shows it. Not needed where the application may read its own registration." />
  </>
);

/** Until when a secret holds, and which of the application's it is. */
export const SecretEndFields = ({ hint }: { hint: string }) => (
  <>
    <Field name="secretExpiresAt" label="It ends on" hint={hint}>
      <Input type="date" />
    </Field>
    <Field
      name="secretId"
      label="Secret id"
      hint="Beside its value in Entra ID, a GUID. By it Sluice finds the end of this one among several."
    >
      <Input isMono autoComplete="off" />
    </Field>
  </>
);
