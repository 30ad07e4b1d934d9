import type { z } from "zod";

import type { ActionState } from "@/lib/actions/state";

import { toFieldIssue } from "./field-issue";

/** What a schema of the domain refuses, at the fields of the form. */
export const refused = (issues: readonly z.core.$ZodIssue[]): ActionState => {
  const fields: Record<string, string[]> = {};
  for (const issue of issues) {
    const { field, message } = toFieldIssue(issue);
    (fields[FIELD_OF[field] ?? field] ??= []).push(message);
  }
  return { status: "invalid", fields, message: "See the marked fields." };
};

// One control stands for both, and the file says which it is.
const FIELD_OF: Readonly<Record<string, string>> = { certificatePfx: "certificateFile" };
