import "server-only";

import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";

import { requirePermission, requireTeam } from "@/lib/auth/require";
import { isSameOrigin } from "@/lib/auth/same-origin";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { Permission, TeamPermission } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";

import { issueWords } from "./issue-words";
import { readForm } from "./read-form";
import type { ActionState } from "./state";

type FormAction = (previous: ActionState, form: FormData) => Promise<ActionState>;

type Action<Schema extends z.ZodType> = {
  /** Required on purpose: an action nobody guarded does not compile. */
  permission: Permission;
  schema: Schema;
  run: (context: { actor: Actor; input: z.output<Schema> }) => Promise<ActionState>;
};

/**
 * A server action for a form: checks origin, session, permission and input, in this order; every anticipated failure
 * becomes words. The team of what is changed is `run`'s to check (`requireInTeam`), or use `defineTeamAction`.
 */
export const defineAction =
  <Schema extends z.ZodType>({ permission, schema, run }: Action<Schema>): FormAction =>
  (_previous, form) =>
    inWords(async () => {
      const actor = await requirePermission(permission);
      return parseThen(schema, form, (input) => run({ actor, input }));
    });

type TeamAction<Schema extends z.ZodType<{ team: string }>> = {
  permission: TeamPermission;
  /** With the field `team`, the team's slug. */
  schema: Schema;
  run: (context: { actor: Actor; team: TeamAccess; input: z.output<Schema> }) => Promise<ActionState>;
};

/**
 * As `defineAction`, for what happens in one team: the permission is checked in the team that the form names, before anything
 * else of the form is looked at.
 */
export const defineTeamAction =
  <Schema extends z.ZodType<{ team: string }>>({ permission, schema, run }: TeamAction<Schema>): FormAction =>
  (_previous, form) =>
    inWords(async () => {
      const actor = await requirePermission(permission);
      const slug = form.get("team");
      const team = requireTeam(actor, typeof slug === "string" ? slug : "", permission);
      return parseThen(schema, form, (input) => run({ actor, team, input }));
    });

/** Runs an action's body from a page of ours only, and turns what it throws into a form's state. */
export const inWords = async (run: () => Promise<ActionState>): Promise<ActionState> => {
  try {
    if (!isSameOrigin(await headers()))
      throw new AppError(
        "forbidden",
        "This form was not sent from this site. Open the page again and retry.",
      );
    return await run();
  } catch (error) {
    unstable_rethrow(error); // redirect() and notFound() travel as exceptions
    if (error instanceof AppError) return describeFailure(error);
    logger.error({ err: error }, "Server action failed");
    return { status: "failed", message: "Something went wrong and nothing was saved. It has been logged." };
  }
};

/** Checks a form against a schema; what is refused comes back by field name, else `run` gets the input. */
export const parseThen = async <Schema extends z.ZodType>(
  schema: Schema,
  form: FormData,
  run: (input: z.output<Schema>) => Promise<ActionState>,
): Promise<ActionState> => {
  const parsed = await schema.safeParseAsync(readForm(form), { error: issueWords });
  if (!parsed.success) return { status: "invalid", fields: byField(parsed.error.issues) };
  return run(parsed.data);
};

// A list's items share one control, so that their messages stand under the list's name.
const byField = (issues: readonly z.core.$ZodIssue[]): Record<string, string[]> => {
  const fields: Record<string, string[]> = {};
  for (const { path, message } of issues) {
    const end = path.findIndex((key) => typeof key !== "string");
    const name = (end === -1 ? path : path.slice(0, end)).join(".");
    (fields[name] ??= []).push(message);
  }
  return fields;
};

// As `byField`, for what a service refuses.
const fieldOf = (pointer: string): string =>
  pointer
    .replace(/^\//, "")
    .replace(/\/\d+(?:\/.*)?$/, "")
    .replaceAll("/", ".");

const describeFailure = ({ message, fields }: AppError): ActionState => {
  if (fields.length === 0) return { status: "failed", message };
  const named: Record<string, string[]> = {};
  for (const { pointer, detail } of fields) (named[fieldOf(pointer)] ??= []).push(detail);
  // Said at the field already: above the form it would only be said twice.
  const isSaid = fields.some(({ detail }) => detail === message);
  return { status: "invalid", fields: named, ...(!isSaid && { message }) };
};
