import { ArrowDownToLine, Ban, Check, CircleDot, Eye, Send, Undo2, type LucideIcon } from "lucide-react";

import { Timeline } from "@/components/ui/timeline";
import type { Tone } from "@/components/ui/tone";

type TraceEvent = { at: Date; what: string };

/** What happened to a value, newest first. */
export const TraceTimeline = ({ events }: { events: readonly TraceEvent[] }) =>
  events.length === 0 ? (
    <p className="text-muted text-sm">Nothing yet.</p>
  ) : (
    <Timeline
      label="What happened"
      events={events.map(({ at, what }, index) => ({
        id: `${String(index)} ${at.toISOString()}`,
        at,
        title: what,
        ...lookOf(what),
      }))}
    />
  );

const lookOf = (what: string): { icon: LucideIcon; tone: Tone } =>
  LOOKS.find(({ word }) => what.includes(word)) ?? { icon: CircleDot, tone: "neutral" };

// The sentences come from one place in the trace; their verbs tell them apart.
const LOOKS: readonly { word: string; icon: LucideIcon; tone: Tone }[] = [
  { word: " brought it ", icon: ArrowDownToLine, tone: "info" },
  { word: " ended this entry ", icon: Ban, tone: "neutral" },
  { word: "Withdrawn", icon: Undo2, tone: "warning" },
  { word: "withdrawal was lifted", icon: Check, tone: "info" },
  { word: "Sent to ", icon: Send, tone: "info" },
  { word: "Accepted by ", icon: Check, tone: "success" },
  { word: "Seen at ", icon: Eye, tone: "success" },
  { word: "Removed from ", icon: Undo2, tone: "neutral" },
];
