"use client";

import { useEffect, useRef, type ReactNode } from "react";

import { areSingleKeysOn, isTyping } from "@/components/ui/single-keys";

const STEPS: Readonly<Record<string, number>> = { j: 1, k: -1 };

/** `j` and `k` walk the rows, `o` opens one. */
export const RowKeys = ({ children }: { children: ReactNode }) => {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (frame.current === null || isTyping(event) || !areSingleKeysOn()) return;
      const rows = Array.from(frame.current.querySelectorAll<HTMLElement>("[data-row]"));
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const step = STEPS[event.key];
      if (step !== undefined) rows[at === -1 ? 0 : at + step]?.focus();
      else if (event.key === "o") rows[at]?.querySelector<HTMLElement>("a[href]")?.click();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, []);

  return <div ref={frame}>{children}</div>;
};
