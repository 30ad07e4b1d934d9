"use client";

import { useSyncExternalStore } from "react";

const TICK_MS = 15_000;

const subscribe = (notify: () => void): (() => void) => {
  const timer = setInterval(notify, TICK_MS);
  return () => {
    clearInterval(timer);
  };
};
const subscribeNever = (): (() => void) => () => undefined;

// Rounded down, so that all readings within one tick are equal and no render asks for another one.
const readNow = (): number => Math.floor(Date.now() / TICK_MS) * TICK_MS;

/** The present in milliseconds, moving in steps of 15 s. */
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
