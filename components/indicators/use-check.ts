"use client";

import { startTransition, useActionState } from "react";

import { askAction } from "@/components/forms/ask-action";
import type { FormAction } from "@/components/forms/form-action";
import { usePause } from "@/components/forms/use-pause";
import { IDLE, type ActionState } from "@/lib/actions/state";

import { parseCheckAnswer, type CheckAnswer } from "./add-answers";

type CheckState = { answer: ActionState; shown: CheckAnswer | null };

const TYPING_MS = 600;
/** A longer text is checked when asked for, not at every pause. */
const MAX_CHECKED_WHILE_TYPING = 50_000;

/** Checks the text of a form: at a pause in the typing, or when asked for. */
export const useCheck = (action: FormAction) => {
  const { cancel, afterPause } = usePause(TYPING_MS);
  const [state, dispatch, isPending] = useActionState(
    async (_before: CheckState, form: FormData | null): Promise<CheckState> => {
      if (form === null) return START;
      const answer = await askAction(action, form, "The check");
      return { answer, shown: answer.status === "done" ? parseCheckAnswer(answer.data) : null };
    },
    START,
  );

  const check = (form: HTMLFormElement, more: Readonly<Record<string, string>> = {}): void => {
    cancel();
    const data = new FormData(form);
    for (const [name, value] of Object.entries(more)) data.set(name, value);
    startTransition(() => {
      dispatch(data);
    });
  };
  const clear = (): void => {
    cancel();
    startTransition(() => {
      dispatch(null);
    });
  };

  return {
    ...state,
    isPending,
    /** `more`: fields that the form is about to have. */
    check,
    clear,
    /** For every change of the text. */
    checkSoon: (box: HTMLTextAreaElement): void => {
      cancel();
      const { form, value } = box;
      if (value.trim() === "") clear();
      else if (form !== null && value.length <= MAX_CHECKED_WHILE_TYPING)
        afterPause(() => {
          check(form);
        });
    },
  };
};

const START: CheckState = { answer: IDLE, shown: null };
