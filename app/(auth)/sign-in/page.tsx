import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { z } from "zod";

import { AuthShell } from "@/components/shell/auth-shell";
import { Callout } from "@/components/ui/callout";
import { currentActor } from "@/lib/auth/current-actor";
import { hasEntraSignIn } from "@/lib/auth/entra";
import { safeReturnTo } from "@/lib/auth/return-to";

import { MicrosoftForm } from "./microsoft-form";
import { SignInForm } from "./sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const paramsSchema = z.object({
  returnTo: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/** E-mail and password, or Microsoft where that is set up. Whoever is signed in already goes on to where they wanted. */
export default async function SignInPage({ searchParams }: Props) {
  const { returnTo, error } = paramsSchema.parse(await searchParams);
  const target = safeReturnTo(returnTo);
  if (await currentActor()) redirect(target);

  return (
    <AuthShell
      title="Sign in"
      description={target === "/" ? "With the account of your team." : "Then you go on to where you were."}
      footer="No account yet? An owner of your team, or an administrator, can invite you."
    >
      {/* What an address says is never repeated here: anybody can write an address. */}
      {error === "AccessDenied" && (
        <Callout tone="danger" role="alert" title="This Microsoft account is no user here." className="mb-4">
          Microsoft knows you, Sluice does not. Ask an owner of your team, or an administrator, for an
          invitation to the address of that account, or use another one.
        </Callout>
      )}
      {error !== undefined && error !== "AccessDenied" && (
        <Callout tone="danger" role="alert" title="Signing in did not work." className="mb-4">
          Try again. If it keeps failing, ask an administrator.
        </Callout>
      )}
      <SignInForm returnTo={target} />
      {hasEntraSignIn() && <MicrosoftForm returnTo={target} />}
    </AuthShell>
  );
}
