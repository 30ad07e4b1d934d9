import {
  ArrowDownToLine,
  Ban,
  Check,
  CircleMinus,
  CircleSlash,
  ClipboardList,
  Eye,
  Pencil,
  Send,
  TriangleAlert,
  Undo2,
  type LucideIcon,
} from "lucide-react";

import { LinkButton } from "@/components/ui/link-button";
import { Timeline } from "@/components/ui/timeline";
import type { Tone } from "@/components/ui/tone";

type Kind =
  | "seen"
  | "changed"
  | "absent"
  | "ended"
  | "withdrawn"
  | "restored"
  | "lifted"
  | "recalled"
  | "planned"
  | "blocked"
  | "sent"
  | "accepted"
  | "visible"
  | "removed"
  | "unconfirmed"
  | "gone"
  | "failed"
  | "skipped";
type TraceEvent = { at: Date; kind: Kind; what: string };

type Props = {
  events: readonly TraceEvent[];
  /** Absent: these are the newest. */
  newestHref?: string | undefined;
  olderHref?: string | undefined;
};

/** What happened to a value, newest first, a page at a time. */
export const TraceTimeline = ({ events, newestHref, olderHref }: Props) => (
  <>
    {events.length === 0 ? (
      <p className="text-muted text-sm">Nothing {newestHref === undefined ? "yet" : "before that"}.</p>
    ) : (
      <Timeline
        label="What happened"
        events={events.map(({ at, kind, what }, index) => ({
          id: `${String(index)} ${at.toISOString()}`,
          at,
          title: what,
          ...LOOKS[kind],
        }))}
      />
    )}
    {(newestHref !== undefined || olderHref !== undefined) && (
      <nav aria-label="Pages of what happened" className="mt-3 flex gap-2">
        {newestHref !== undefined && (
          <LinkButton href={newestHref} size="sm">
            Newest
          </LinkButton>
        )}
        {olderHref !== undefined && (
          <LinkButton href={olderHref} size="sm">
            What happened before
          </LinkButton>
        )}
      </nav>
    )}
  </>
);

const LOOKS: Readonly<Record<Kind, { icon: LucideIcon; tone: Tone }>> = {
  seen: { icon: ArrowDownToLine, tone: "info" },
  changed: { icon: Pencil, tone: "info" },
  absent: { icon: CircleSlash, tone: "neutral" },
  ended: { icon: Ban, tone: "neutral" },
  withdrawn: { icon: Undo2, tone: "warning" },
  restored: { icon: Check, tone: "info" },
  lifted: { icon: Check, tone: "info" },
  recalled: { icon: Undo2, tone: "danger" },
  planned: { icon: ClipboardList, tone: "info" },
  blocked: { icon: CircleSlash, tone: "neutral" },
  sent: { icon: Send, tone: "info" },
  accepted: { icon: Check, tone: "success" },
  visible: { icon: Eye, tone: "success" },
  removed: { icon: Check, tone: "neutral" },
  unconfirmed: { icon: Eye, tone: "danger" },
  gone: { icon: CircleMinus, tone: "success" },
  failed: { icon: TriangleAlert, tone: "danger" },
  skipped: { icon: CircleSlash, tone: "warning" },
};
