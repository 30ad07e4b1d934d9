"use client";

import { formatExact, formatExactBoth, formatRelative } from "./format-time";
import { None } from "./key-value";
import { useIsHydrated, useNow, useTimeZone } from "./use-now";

type Props = {
  at: Date | string | null | undefined;
  /** Spoken where there is no time: "never". */
  noneLabel?: string;
  className?: string | undefined;
};

/** "4 min ago", moving; the exact time with zone and UTC on hover. The server's words stay until hydration is over. */
export const RelativeTime = ({ at, noneLabel = "never", className }: Props) => {
  const now = useNow();
  const timeZone = useTimeZone();
  const isHydrated = useIsHydrated();
  if (at === null || at === undefined) return <None label={noneLabel} />;
  const date = new Date(at);

  return (
    <time
      // React keeps the server's text while it hydrates and never mends attributes; a new key replaces both.
      key={isHydrated ? "live" : "server"}
      dateTime={date.toISOString()}
      title={formatExactBoth(date, timeZone)}
      className={className ?? "whitespace-nowrap"}
      suppressHydrationWarning
    >
      {formatRelative(date, new Date(now))}
    </time>
  );
};

/** The exact time in the reader's zone (UTC until the browser has said which), for lists where order matters. */
export const ExactTime = ({ at, noneLabel = "never", className }: Props) => {
  const timeZone = useTimeZone();
  if (at === null || at === undefined) return <None label={noneLabel} />;
  const date = new Date(at);

  return (
    <time
      dateTime={date.toISOString()}
      title={formatExactBoth(date, timeZone)}
      className={className ?? "whitespace-nowrap tabular-nums"}
    >
      {formatExact(date, timeZone ?? "UTC")}
    </time>
  );
};
