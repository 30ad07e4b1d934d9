"use client";

import { signIn } from "next-auth/react";

import { ActionForm } from "@/components/forms/action-form";
import { FormStatus } from "@/components/forms/form-status";
import { SubmitButton } from "@/components/forms/submit-button";
import type { ActionState } from "@/lib/actions/state";

/** Leads to Microsoft and from there to where the person wanted; offered only where the installation is set up for it. */
export const MicrosoftForm = ({ returnTo }: { returnTo: string }) => {
  const leave = async (): Promise<ActionState> => {
    try {
      // The name that next-auth gives Entra ID. The answer leads away from this page.
      await signIn("azure-ad", { callbackUrl: returnTo });
      return { status: "done", message: "Going to Microsoft." };
    } catch {
      return {
        status: "failed",
        message: "Sluice does not answer. Check your connection and try again.",
      };
    }
  };
  return (
    <ActionForm action={leave} label="Sign in with Microsoft" isQuiet className="mt-4 border-t pt-4">
      <FormStatus />
      <SubmitButton variant="secondary" className="w-full" pendingLabel="Going to Microsoft">
        Sign in with Microsoft
      </SubmitButton>
    </ActionForm>
  );
};
