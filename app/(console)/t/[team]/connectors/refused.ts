import type { z } from "zod";

import type { ActionState } from "@/lib/actions/state";

/** What a schema of the domain refuses, at the fields of the form. */
export const refused = (issues: readonly z.core.$ZodIssue[]): ActionState => {
  const fields: Record<string, string[]> = {};
  for (const { path, message } of issues) {
    const last = path.findLast((key) => typeof key === "string") ?? "name";
    (fields[FIELD_OF[last] ?? last] ??= []).push(message);
  }
  return { status: "invalid", fields, message: "See the marked fields." };
};

// One control stands for both, and the file says which it is.
const FIELD_OF: Readonly<Record<string, string>> = { certificatePfx: "certificateFile" };
