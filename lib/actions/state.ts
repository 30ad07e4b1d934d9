/** What a form gets back from a server action. `fields` holds the messages of each refused field by its name. */
export type ActionState =
  | { status: "idle" }
  | { status: "invalid"; fields: Record<string, string[] | undefined>; message?: string }
  | { status: "failed"; message: string }
  | { status: "done"; message: string; data?: unknown };

/** The state of a form that nobody has sent yet. */
export const IDLE: ActionState = { status: "idle" };
