import { constants, setPriority } from "node:os";

/**
 * Has this process give way to others of its machine: while a million rows are read, a page that somebody waits for is made
 * first. With nothing else to do, it costs nothing.
 */
export const yieldToPeople = (): void => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
};
