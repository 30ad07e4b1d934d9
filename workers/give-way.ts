import { constants, setPriority } from "node:os";

import type { Logger } from "@/lib/observability/logger";

/**
 * Lets the console come first on a machine that both share: a list that is read keeps a processor busy for a minute, and
 * nobody waits for it as one waits for a page. Loads were not seen to take longer by it.
 */
export const giveWay = (log: Logger): void => {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (err) {
    // Some containers allow no such call; all that is lost is the order.
    if (!(err instanceof Error && "code" in err && REFUSALS.has(String(err.code)))) throw err;
    log.warn({ err }, "The worker runs at the console's own priority");
  }
};

const REFUSALS: ReadonlySet<string> = new Set(["EACCES", "EPERM", "ERR_SYSTEM_ERROR"]);
