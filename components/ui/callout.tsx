import { CircleCheck, Info, OctagonX, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn";

type CalloutTone = "info" | "success" | "warning" | "danger";
type Props = {
  tone: CalloutTone;
  title: ReactNode;
  /** Why, and what to do next. */
  children?: ReactNode;
  action?: ReactNode;
  /** `alert` interrupts a reader at once: only for what has just gone wrong. */
  role?: "alert" | "status" | "note" | undefined;
  className?: string | undefined;
};

const LOOKS: Record<CalloutTone, { icon: LucideIcon; word: string; box: string; text: string }> = {
  info: { icon: Info, word: "Note", box: "border-accent-line bg-accent-tint", text: "text-accent" },
  success: {
    icon: CircleCheck,
    word: "Done",
    box: "border-success-line bg-success-tint",
    text: "text-success",
  },
  warning: {
    icon: TriangleAlert,
    word: "Attention",
    box: "border-warning-line bg-warning-tint",
    text: "text-warning",
  },
  danger: { icon: OctagonX, word: "Error", box: "border-danger-line bg-danger-tint", text: "text-danger" },
};

/** A message in the page: what happened, why, what to do. The tone is also said in a word for readers. */
export const Callout = ({ tone, title, children, action, role, className }: Props) => {
  const look = LOOKS[tone];
  return (
    <div role={role} className={cn("flex gap-3 rounded-lg border px-4 py-3", look.box, className)}>
      <look.icon aria-hidden className={cn("mt-0.5 size-4.5 shrink-0", look.text)} />
      <div className="min-w-0 flex-1">
        <p className="text-ink text-sm font-semibold">
          <span className="sr-only">{look.word}: </span>
          {title}
        </p>
        {children !== undefined && (
          <div className="text-muted [&_strong]:text-ink mt-0.5 text-sm">{children}</div>
        )}
        {action !== undefined && <div className="mt-2.5 flex flex-wrap gap-2">{action}</div>}
      </div>
    </div>
  );
};
