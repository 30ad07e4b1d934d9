"use client";

import { Plus, X } from "lucide-react";
import { useState } from "react";

import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { FieldErrors } from "@/components/forms/field-errors";
import { useFieldErrors } from "@/components/forms/form-context";
import { SecretInput } from "@/components/forms/secret-input";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

import { describeStored } from "./stored-secrets";

const AUTH_TYPES = [
  { value: "none", label: "None: anybody may fetch it" },
  { value: "basic", label: "User name and password" },
  { value: "bearer", label: "Bearer token" },
  { value: "misp", label: "MISP key" },
] as const;

type Props = {
  stored: { authType: string; headerNames: readonly string[] } | null;
  /** The sign-in that such a source usually wants. */
  type: "none" | "misp";
};

/** How the source is asked. What is stored goes in and never comes out: it is kept, or replaced as a whole. */
export const SignInFields = ({ stored, type }: Props) => {
  const [isReplacing, setIsReplacing] = useState(stored === null);
  return (
    <div className="space-y-4">
      {stored !== null && (
        <div className="bg-sunken space-y-2 rounded-md border p-3">
          <p className="text-sm">
            Stored: <span className="font-medium">{describeStored(stored)}</span>
          </p>
          <CheckboxField
            name="replacesSecrets"
            label="Replace it"
            hint="Values are sealed and cannot be shown. Replacing sets sign-in and headers anew, both of them."
            checked={isReplacing}
            onChange={(event) => {
              setIsReplacing(event.currentTarget.checked);
            }}
          />
          {!isReplacing && <input type="hidden" name="keepsSecrets" value="true" />}
        </div>
      )}
      {isReplacing && (
        <>
          <AuthFields usual={type} />
          <HeaderFields />
        </>
      )}
    </div>
  );
};

const AuthFields = ({ usual }: { usual: string }) => {
  const [type, setType] = useState(usual);
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <Field
        name="auth.type"
        label="Sign-in"
        hint="How the source knows you. Kept sealed, sent to this host only."
      >
        <Select
          options={AUTH_TYPES}
          value={type}
          onChange={(event) => {
            setType(event.currentTarget.value);
          }}
        />
      </Field>
      {type === "basic" && (
        <>
          <Field name="auth.username" label="User name" className="sm:col-start-1" required>
            <Input isMono />
          </Field>
          <Field name="auth.password" label="Password">
            <SecretInput />
          </Field>
        </>
      )}
      {type === "bearer" && (
        <Field name="auth.token" label="Token" hint="Sent as Authorization: Bearer …" required>
          <SecretInput />
        </Field>
      )}
      {type === "misp" && (
        <Field name="auth.key" label="Key" hint="Sent as Authorization, as MISP expects it." required>
          <SecretInput />
        </Field>
      )}
    </div>
  );
};

const HeaderFields = () => {
  const [rows, setRows] = useState<readonly number[]>([]);
  const errors = useFieldErrors("headers");
  return (
    <fieldset>
      <legend className="text-sm font-medium">Headers</legend>
      <p className="text-muted mt-0.5 text-xs">
        Sent with every request, such as an API key. Values are kept sealed.
      </p>
      <div className="mt-2 space-y-2">
        {rows.map((row) => (
          <div key={row} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.5fr)_auto] gap-2">
            <Input isMono name="headerName" aria-label="Header name" placeholder="X-Api-Key" />
            <Input
              isMono
              name="headerValue"
              type="password"
              aria-label="Header value"
              autoComplete="new-password"
            />
            <Button
              variant="ghost"
              size="icon"
              aria-label="Remove this header"
              onClick={() => {
                setRows(rows.filter((other) => other !== row));
              }}
            >
              <X aria-hidden />
            </Button>
          </div>
        ))}
        <Button
          size="sm"
          onClick={() => {
            setRows([...rows, Math.max(-1, ...rows) + 1]);
          }}
        >
          <Plus aria-hidden />
          Add a header
        </Button>
        {errors.length > 0 && <FieldErrors errors={errors} />}
      </div>
    </fieldset>
  );
};
