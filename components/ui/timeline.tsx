import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn";
import { RelativeTime } from "./relative-time";
import { TONE_TEXT, type Tone } from "./tone";

export type TimelineEvent = {
  id: string;
  at: Date | string;
  icon: LucideIcon;
  tone?: Tone;
  /** Who did what, in a sentence. */
  title: ReactNode;
  detail?: ReactNode;
};

/** What happened, newest first. */
export const Timeline = ({ label, events }: { label: string; events: readonly TimelineEvent[] }) => (
  <ol aria-label={label}>
    {events.map((event, index) => (
      <li key={event.id} className="relative flex gap-3 pb-4 last:pb-0">
        {index < events.length - 1 && (
          <span aria-hidden className="bg-line absolute top-6 bottom-0 left-3 w-px" />
        )}
        <span
          aria-hidden
          className={cn(
            "bg-surface grid size-6 shrink-0 place-items-center rounded-full border",
            TONE_TEXT[event.tone ?? "neutral"],
          )}
        >
          <event.icon className="size-3.5" />
        </span>
        <div className="min-w-0 flex-1 pt-0.5 text-sm">
          <p className="break-words">{event.title}</p>
          {event.detail !== undefined && <div className="text-muted mt-0.5">{event.detail}</div>}
          <p className="text-muted mt-0.5 text-xs">
            <RelativeTime at={event.at} />
          </p>
        </div>
      </li>
    ))}
  </ol>
);
