"use client";

type Props = { children: string; isUrgent?: boolean };

/** Says its text to readers whenever it changes, without showing it. Keep it mounted; change only the words. */
export const LiveRegion = ({ children, isUrgent = false }: Props) => (
  <p role={isUrgent ? "alert" : "status"} aria-atomic="true" className="sr-only">
    {children}
  </p>
);
