import process from "node:process";

import { parentOf } from "./process-identity.mjs";

const EVERY_MS = 500;

/**
 * npm runs us through a shell, and ends itself and the shell, but not us, when it is told to end. Calls back once when
 * either is gone.
 * @param {() => void} onGone
 */
export const watchRunner = (onGone) => {
  if (!process.env["npm_lifecycle_event"]) return;
  const ancestors = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const atStart = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === atStart) return;
    clearInterval(timer);
    onGone();
  }, EVERY_MS);
  timer.unref();
};
