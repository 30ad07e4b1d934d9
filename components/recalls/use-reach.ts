"use client";

import { startTransition, useActionState, useState } from "react";

import { askAction } from "@/components/forms/ask-action";
import type { FormAction } from "@/components/forms/form-action";
import { usePause } from "@/components/forms/use-pause";
import { IDLE, type ActionState } from "@/lib/actions/state";

/** So long an act waits for its count; somebody in a hurry then goes on without it. */
const PATIENCE_MS = 8_000;

/** Asks, when a dialog opens, what its act would do, and says whether that is known yet. */
export const useReach = (action: FormAction, values: Readonly<Record<string, string>>) => {
  const [answer, dispatch, isPending] = useActionState(
    (_before: ActionState, form: FormData): Promise<ActionState> => askAction(action, form, "The question"),
    IDLE,
  );
  const [isSlow, setIsSlow] = useState(false);
  const { afterPause } = usePause(PATIENCE_MS);
  const isAsking = isPending || answer.status === "idle";
  const isUnknown = isAsking ? isSlow : answer.status !== "done";
  return {
    answer,
    isPending,
    count: isUnknown ? ("unknown" as const) : isAsking ? ("pending" as const) : ("known" as const),
    ask: (): void => {
      const form = new FormData();
      for (const [name, value] of Object.entries(values)) form.set(name, value);
      setIsSlow(false);
      afterPause(() => {
        setIsSlow(true);
      });
      startTransition(() => {
        dispatch(form);
      });
    },
  };
};
