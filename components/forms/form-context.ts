"use client";

import { createContext, use, useEffect } from "react";

import { IDLE, type ActionState } from "@/lib/actions/state";

/** `isQuiet`: success is told elsewhere, so the form itself does not repeat it. */
export const FormContext = createContext<{
  answer: ActionState;
  isQuiet: boolean;
  /** What is "done" was only tried, not saved. */
  isTrial: boolean;
  /** Fields that were changed since the answer: what it said of them says nothing any more. */
  edited: ReadonlySet<string>;
  /** How many parts of the form show what is wrong with a field; a part notes itself and takes itself out. */
  shown: Map<string, number>;
}>({
  answer: IDLE,
  isQuiet: false,
  isTrial: false,
  edited: new Set(),
  shown: new Map(),
});

/** The answer to the form that this part stands in. */
export const useFormAnswer = (): ActionState => use(FormContext).answer;

/** Whether the form leaves the telling of its success to a toast. */
export const useIsQuiet = (): boolean => use(FormContext).isQuiet;

/** Whether the last answer says that what the form holds was saved. */
export const useIsSaved = (): boolean => {
  const { answer, isTrial } = use(FormContext);
  return answer.status === "done" && !isTrial;
};

/** What the last answer says about one field, for the part of the form that shows it. */
export const useFieldErrors = (name: string): readonly string[] => {
  const { answer, edited, shown } = use(FormContext);
  useEffect(() => {
    shown.set(name, (shown.get(name) ?? 0) + 1);
    return () => {
      shown.set(name, (shown.get(name) ?? 1) - 1);
    };
  }, [shown, name]);
  if (answer.status !== "invalid" || edited.has(name)) return NO_ERRORS;
  return answer.fields[name] ?? NO_ERRORS;
};

/** Whether every field that the last answer refused was changed since. */
export const useIsOutdated = (): boolean => {
  const { answer, edited } = use(FormContext);
  if (answer.status !== "invalid" || edited.size === 0) return false;
  return Object.keys(answer.fields).every((name) => edited.has(name));
};

/** What the last answer says about fields that no part of the form shows. */
export const useOtherErrors = (): readonly string[] => {
  const { answer, shown } = use(FormContext);
  if (answer.status !== "invalid") return NO_ERRORS;
  return Object.entries(answer.fields).flatMap(([name, errors]) =>
    (shown.get(name) ?? 0) > 0 ? [] : (errors ?? []),
  );
};

const NO_ERRORS: readonly string[] = [];
