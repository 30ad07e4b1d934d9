import { IDLE, type ActionState } from "@/lib/actions/state";

import type { FormAction } from "./form-action";

/** Asks an action while a form is being filled in: what is in the form must outlive a request that does not get through. */
export const askAction = async (action: FormAction, form: FormData, what: string): Promise<ActionState> => {
  try {
    return await action(IDLE, form);
  } catch {
    return {
      status: "failed",
      message: `${what} did not get through. Check the connection and try again.`,
    };
  }
};
