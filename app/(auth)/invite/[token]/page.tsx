import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FormStatus } from "@/components/forms/form-status";
import { SubmitButton } from "@/components/forms/submit-button";
import { AuthShell } from "@/components/shell/auth-shell";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { currentActor } from "@/lib/auth/current-actor";
import { MIN_PASSWORD_CHARACTERS } from "@/lib/auth/password-rule";
import { findInvitation, type OpenInvitation } from "@/lib/services/people/accept-invitation";

import { acceptAction, joinAction, leaveForInvitationAction } from "./actions";

// The address is a secret: it must not travel to any other site, nor to a search engine.
export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

type Props = { params: Promise<{ token: string }> };

/** Accepts an invitation: a new account, or one more team for the account that is signed in. */
export default async function InvitationPage({ params }: Props) {
  const { token } = await params;
  const [invitation, actor] = await Promise.all([findInvitation(token), currentActor()]);
  if (!invitation) return <Closed />;
  if (actor?.mustChangePassword)
    redirect(`/change-password?returnTo=${encodeURIComponent(`/invite/${token}`)}`);

  const { email, team, role, hasAccount } = invitation;
  const title = `Join ${team.name}`;
  const description = `${email} is invited as ${withArticle(role)}.`;
  if (actor?.email === email) {
    return (
      <AuthShell title={title} description={description}>
        <ActionForm action={joinAction} label={title}>
          <FormStatus />
          <input type="hidden" name="token" value={token} />
          <SubmitButton pendingLabel="Joining">Join as {actor.name}</SubmitButton>
        </ActionForm>
      </AuthShell>
    );
  }
  if (actor) {
    return (
      <AuthShell title={title} description={description}>
        <p className="text-sm">You are signed in as {actor.email}, another person. Sign out to accept it.</p>
        <form action={leaveForInvitationAction} className="mt-4">
          <input type="hidden" name="token" value={token} />
          <SubmitButton pendingLabel="Signing out">Sign out and go on</SubmitButton>
        </form>
      </AuthShell>
    );
  }
  if (hasAccount) {
    return (
      <AuthShell title={title} description={description}>
        <p className="mb-4 text-sm">This address has an account. Sign in with it to join the team.</p>
        <LinkButton href={`/sign-in?returnTo=${encodeURIComponent(`/invite/${token}`)}`} variant="primary">
          Sign in to join
        </LinkButton>
      </AuthShell>
    );
  }
  return (
    <AuthShell title={title} description={description}>
      <NewAccountForm token={token} invitation={invitation} />
    </AuthShell>
  );
}

const NewAccountForm = ({ token, invitation }: { token: string; invitation: OpenInvitation }) => (
  <ActionForm action={acceptAction} label="Make your account">
    <FormStatus />
    <input type="hidden" name="token" value={token} />
    <Field name="email" label="E-mail" hint="The address you sign in with.">
      <Input type="email" autoComplete="username" value={invitation.email} readOnly />
    </Field>
    <Field name="name" label="Your name" hint="Shown to your team, and beside what you change.">
      <Input autoComplete="name" autoFocus required />
    </Field>
    <Field
      name="password"
      label="Password"
      hint={`At least ${String(MIN_PASSWORD_CHARACTERS)} characters. A few words in a row are easy to remember and hard to guess.`}
    >
      <Input type="password" autoComplete="new-password" required />
    </Field>
    <SubmitButton pendingLabel="Making your account">Make my account and join</SubmitButton>
  </ActionForm>
);

const Closed = () => (
  <AuthShell
    title="This invitation is not open"
    description="It was used, withdrawn or replaced by a newer one, or it is older than 7 days. Ask whoever invited you for a new link."
  >
    <LinkButton href="/sign-in">Sign in</LinkButton>
  </AuthShell>
);

const withArticle = (role: string): string => `${/^[aeiou]/.test(role) ? "an" : "a"} ${role}`;
