"use client";

import { startTransition, useActionState } from "react";

import { askAction } from "@/components/forms/ask-action";
import type { FormAction } from "@/components/forms/form-action";
import { IDLE, type ActionState } from "@/lib/actions/state";

/** Asks, when a dialog opens, what its act would do. */
export const useReach = (action: FormAction, values: Readonly<Record<string, string>>) => {
  const [answer, dispatch, isPending] = useActionState(
    (_before: ActionState, form: FormData): Promise<ActionState> => askAction(action, form, "The question"),
    IDLE,
  );
  return {
    answer,
    isPending,
    ask: (): void => {
      const form = new FormData();
      for (const [name, value] of Object.entries(values)) form.set(name, value);
      startTransition(() => {
        dispatch(form);
      });
    },
  };
};
