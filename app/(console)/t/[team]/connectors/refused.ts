import type { z } from "zod";

import type { ActionState } from "@/lib/actions/state";

import { AppError } from "@/lib/domain/errors";

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

/** As `refused`, for what a service refuses of the fields of a connector; throws on whatever else went wrong. */
export const refusedByService = (error: unknown): ActionState => {
  if (!(error instanceof AppError) || error.fields.length === 0) throw error;
  return refused(error.fields.map(({ pointer, detail }) => toIssue(pointer, detail)));
};

/** A refusal of one field, by its place in what the domain takes. */
const toIssue = (pointer: string, message: string): z.core.$ZodIssue => ({
  code: "custom",
  path: pointer
    .split("/")
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
  message,
  input: undefined,
});

// One control stands for both, and the file says which it is.
const FIELD_OF: Readonly<Record<string, string>> = { certificatePfx: "certificateFile" };
