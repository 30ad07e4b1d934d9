"use client";

import { useEffect, useRef } from "react";

/** Does the last thing asked for once the typing has paused; nothing after the form has gone. */
export const usePause = (pauseMs: number) => {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const cancel = (): void => {
    clearTimeout(timer.current);
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  return {
    cancel,
    afterPause: (run: () => void): void => {
      cancel();
      timer.current = setTimeout(run, pauseMs);
    },
  };
};
