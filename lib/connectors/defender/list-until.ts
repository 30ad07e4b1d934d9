import { setTimeout as sleep } from "node:timers/promises";

import type { DefenderClient } from "./client";
import type { ListedIndicator } from "./wire";

type Looking = {
  see: (listed: ListedIndicator) => void;
  /** Whether all that is looked for was seen. */
  isEnough: () => boolean;
};

/**
 * Reads the list, and once more where it did not show all that is looked for: of what has no id nothing else would ever tell, so one
 * odd answer must not pass for a record that is not there.
 */
export const listUntil = async (
  client: DefenderClient,
  { see, isEnough }: Looking,
  signal?: AbortSignal,
): Promise<void> => {
  const read = async (): Promise<void> => {
    for await (const page of client.listPages(signal)) page.forEach(see);
  };
  await read();
  if (isEnough()) return;
  await sleep(SECOND_LOOK_MS, undefined, { signal });
  await read();
};

const SECOND_LOOK_MS = 1_000;
