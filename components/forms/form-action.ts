import type { ActionState } from "@/lib/actions/state";

/** A server action as `useActionState` calls it. */
export type FormAction = (previous: ActionState, form: FormData) => Promise<ActionState>;
