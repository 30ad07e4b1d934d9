"use client";

import { createContext, use } from "react";

import { IDLE, type ActionState } from "@/lib/actions/state";

export const FormContext = createContext<ActionState>(IDLE);

/** The answer to the form that this part stands in. */
export const useFormAnswer = (): ActionState => use(FormContext);

/** What the last answer says about one field. */
export const useFieldErrors = (name: string): readonly string[] => {
  const answer = use(FormContext);
  return answer.status === "invalid" ? (answer.fields[name] ?? NO_ERRORS) : NO_ERRORS;
};

const NO_ERRORS: readonly string[] = [];
