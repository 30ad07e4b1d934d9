"use client";

import { startTransition, useActionState, useEffect, useRef } from "react";

import type { FormAction } from "@/components/forms/form-action";
import { IDLE, type ActionState } from "@/lib/actions/state";

import { parseCheckAnswer, type CheckAnswer } from "./add-answers";

type CheckState = { answer: ActionState; shown: CheckAnswer | null };

const TYPING_MS = 600;
/** A longer text is checked when asked for, not at every pause. */
const MAX_CHECKED_WHILE_TYPING = 50_000;

/** Checks the text of a form: at a pause in the typing, or when asked for. */
export const useCheck = (action: FormAction) => {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [state, dispatch, isPending] = useActionState(
    async (_before: CheckState, form: FormData | null): Promise<CheckState> => {
      if (form === null) return START;
      const answer = await ask(action, form);
      return { answer, shown: answer.status === "done" ? parseCheckAnswer(answer.data) : null };
    },
    START,
  );
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );

  const check = (form: HTMLFormElement): void => {
    clearTimeout(timer.current);
    const data = new FormData(form);
    startTransition(() => {
      dispatch(data);
    });
  };
  const clear = (): void => {
    clearTimeout(timer.current);
    startTransition(() => {
      dispatch(null);
    });
  };

  return {
    ...state,
    isPending,
    check,
    clear,
    /** For every change of the text. */
    checkSoon: (box: HTMLTextAreaElement): void => {
      clearTimeout(timer.current);
      const { form, value } = box;
      if (value.trim() === "") clear();
      else if (form !== null && value.length <= MAX_CHECKED_WHILE_TYPING)
        timer.current = setTimeout(() => {
          check(form);
        }, TYPING_MS);
    },
  };
};

// What was pasted must outlive a request that does not get through.
const ask = async (action: FormAction, form: FormData): Promise<ActionState> => {
  try {
    return await action(IDLE, form);
  } catch {
    return {
      status: "failed",
      message: "The check did not get through. Check the connection and try again.",
    };
  }
};

const START: CheckState = { answer: IDLE, shown: null };
