"use client";

import { createContext, use } from "react";

import { IDLE, type ActionState } from "@/lib/actions/state";

/** `isQuiet`: success is told elsewhere, so the form itself does not repeat it. */
export const FormContext = createContext<{ answer: ActionState; isQuiet: boolean }>({
  answer: IDLE,
  isQuiet: false,
});

/** The answer to the form that this part stands in. */
export const useFormAnswer = (): ActionState => use(FormContext).answer;

/** Whether the form leaves the telling of its success to a toast. */
export const useIsQuiet = (): boolean => use(FormContext).isQuiet;

/** What the last answer says about one field. */
export const useFieldErrors = (name: string): readonly string[] => {
  const { answer } = use(FormContext);
  return answer.status === "invalid" ? (answer.fields[name] ?? NO_ERRORS) : NO_ERRORS;
};

const NO_ERRORS: readonly string[] = [];
