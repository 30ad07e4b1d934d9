"use client";

import { useSyncExternalStore } from "react";

const TICK_MS = 5_000;

// One timer for all the times of a page.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

const subscribe = (notify: () => void): (() => void) => {
  listeners.add(notify);
  timer ??= setInterval(() => {
    for (const listener of listeners) listener();
  }, TICK_MS);
  return () => {
    listeners.delete(notify);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};
const subscribeNever = (): (() => void) => () => undefined;

// Rounded down, so that all readings within one tick are equal and no render asks for another one. The rounding stays
// below what `formatRelative` calls "just now": nothing that has happened is ever told as yet to come.
const readNow = (): number => Math.floor(Date.now() / TICK_MS) * TICK_MS;

/** The present in milliseconds, moving in steps of 5 s. */
export const useNow = (): number => useSyncExternalStore(subscribe, readNow, readNow);

/** False on the server and while the server's markup is taken over; true from then on. */
export const useIsHydrated = (): boolean =>
  useSyncExternalStore(
    subscribeNever,
    () => true,
    () => false,
  );

/** The reader's time zone (IANA name), or null where it is not known yet: on the server and during hydration. */
export const useTimeZone = (): string | null =>
  useSyncExternalStore(
    subscribeNever,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => null,
  );
