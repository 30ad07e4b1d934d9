import type { ReactNode } from "react";

/** One key of the keyboard. */
export const Kbd = ({ children }: { children: ReactNode }) => (
  <kbd className="bg-sunken text-2xs text-muted inline-flex h-5 min-w-5 items-center justify-center rounded-sm border px-1 font-sans font-medium">
    {children}
  </kbd>
);
