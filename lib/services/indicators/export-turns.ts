import "server-only";

import { AppError } from "@/lib/domain/errors";

/** Each holds a connection as long as it lasts; the console needs the others. */
const MOST_AT_ONCE = 4;
/** A reader who takes nothing for so long has lost the connection as well (`streamAsActor`). */
const LONGEST_PAUSE_MS = 60_000;

let running = 0;

/** A place among the exports that run: `keep` it with every piece that is taken, `leave` it at the end. */
type Turn = { keep: () => void; leave: () => void };

/** Takes one of the process's places for exports. Throws `throttled` when all are taken. */
export const takeTurn = (): Turn => {
  if (running >= MOST_AT_ONCE)
    throw new AppError(
      "throttled",
      `${String(MOST_AT_ONCE)} exports are running already. Wait until one of them has ended, then export again.`,
      { retry: "later", context: { retryAfterSeconds: 30 } },
    );
  running += 1;
  let isOver = false;
  const leave = () => {
    clearTimeout(idle);
    if (!isOver) running -= 1;
    isOver = true;
  };
  // Nobody says when a reader is gone without a word.
  const idle = setTimeout(leave, LONGEST_PAUSE_MS).unref();
  return { keep: () => (isOver ? undefined : void idle.refresh()), leave };
};
