"use client";

import { createContext, use } from "react";

import { IDLE, type ActionState } from "@/lib/actions/state";

/** `isQuiet`: success is told elsewhere, so the form itself does not repeat it. */
export const FormContext = createContext<{
  answer: ActionState;
  isQuiet: boolean;
  /** Fields that were changed since the answer: what it said of them says nothing any more. */
  edited: ReadonlySet<string>;
}>({
  answer: IDLE,
  isQuiet: false,
  edited: new Set(),
});

/** The answer to the form that this part stands in. */
export const useFormAnswer = (): ActionState => use(FormContext).answer;

/** Whether the form leaves the telling of its success to a toast. */
export const useIsQuiet = (): boolean => use(FormContext).isQuiet;

/** What the last answer says about one field. */
export const useFieldErrors = (name: string): readonly string[] => {
  const { answer, edited } = use(FormContext);
  if (answer.status !== "invalid" || edited.has(name)) return NO_ERRORS;
  return answer.fields[name] ?? NO_ERRORS;
};

/** Whether every field that the last answer refused was changed since. */
export const useIsOutdated = (): boolean => {
  const { answer, edited } = use(FormContext);
  if (answer.status !== "invalid" || edited.size === 0) return false;
  return Object.keys(answer.fields).every((name) => edited.has(name));
};

const NO_ERRORS: readonly string[] = [];
