"use client";

import { signIn } from "next-auth/react";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FormStatus } from "@/components/forms/form-status";
import { SubmitButton } from "@/components/forms/submit-button";
import { Input } from "@/components/ui/input";
import type { ActionState } from "@/lib/actions/state";

/** The form of the sign-in page; next-auth's endpoint checks it and sets the cookie. */
export const SignInForm = ({ returnTo }: { returnTo: string }) => (
  <ActionForm
    action={submit}
    label="Sign in"
    onDone={() => {
      // The whole page anew: everything on it was rendered for nobody.
      window.location.assign(returnTo);
    }}
  >
    <FormStatus />
    <Field name="email" label="E-mail">
      <Input
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
      />
    </Field>
    <Field name="password" label="Password">
      <Input type="password" autoComplete="current-password" required />
    </Field>
    <SubmitButton className="w-full" pendingLabel="Signing in">
      Sign in
    </SubmitButton>
  </ActionForm>
);

const submit = async (_previous: ActionState, form: FormData): Promise<ActionState> => {
  const [email, password] = [readText(form, "email"), readText(form, "password")];
  const fields = {
    ...(email.trim() === "" && { email: ["Enter your e-mail address."] }),
    ...(password === "" && { password: ["Enter your password."] }),
  };
  if (Object.keys(fields).length > 0) return { status: "invalid", fields, message: "Something is missing." };
  try {
    const answer = await signIn("credentials", { email, password, redirect: false });
    if (answer?.ok) return { status: "done", message: "Signed in." };
    return { status: "failed", message: answer?.error ?? UNREACHABLE };
  } catch {
    return { status: "failed", message: UNREACHABLE };
  }
};

const UNREACHABLE = "Sluice does not answer. Check your connection and try again.";

const readText = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};
