import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { z } from "zod";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FormStatus } from "@/components/forms/form-status";
import { SubmitButton } from "@/components/forms/submit-button";
import { AuthShell } from "@/components/shell/auth-shell";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { currentActor } from "@/lib/auth/current-actor";
import { MIN_PASSWORD_CHARACTERS } from "@/lib/auth/password-rule";
import { safeReturnTo } from "@/lib/auth/return-to";

import { changePasswordAction } from "./actions";

export const metadata: Metadata = { title: "Change password" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const paramsSchema = z.object({ returnTo: z.string().optional().catch(undefined) });

/** The one page that a temporary password opens; everybody else changes theirs here too. */
export default async function ChangePasswordPage({ searchParams }: Props) {
  const target = safeReturnTo(paramsSchema.parse(await searchParams).returnTo);
  const actor = await currentActor();
  if (!actor) redirect("/sign-in?returnTo=/change-password");

  return (
    <AuthShell
      title={actor.mustChangePassword ? "Choose your own password" : "Change your password"}
      description={
        actor.mustChangePassword
          ? "The one you signed in with was made for the first time only."
          : "You stay signed in here; all your other sessions end."
      }
      footer={`Signed in as ${actor.email}`}
    >
      <ActionForm action={changePasswordAction} label="Change password">
        <FormStatus />
        <input type="hidden" name="returnTo" value={target} />
        <input type="hidden" autoComplete="username" value={actor.email} />
        <Field name="current" label={actor.mustChangePassword ? "One-time password" : "Present password"}>
          <Input type="password" autoComplete="current-password" autoFocus required />
        </Field>
        <Field
          name="next"
          label="New password"
          hint={`At least ${String(MIN_PASSWORD_CHARACTERS)} characters. A few words in a row are easy to remember and hard to guess.`}
        >
          <Input type="password" autoComplete="new-password" required />
        </Field>
        <Field name="repeated" label="New password, once more">
          <Input type="password" autoComplete="new-password" required />
        </Field>
        <div className="flex gap-2">
          <SubmitButton pendingLabel="Changing">Change password</SubmitButton>
          {!actor.mustChangePassword && (
            <LinkButton href={target} variant="secondary">
              Cancel
            </LinkButton>
          )}
        </div>
      </ActionForm>
    </AuthShell>
  );
}
