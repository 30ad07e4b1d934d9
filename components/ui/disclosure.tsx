import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn";

type Props = { summary: ReactNode; children: ReactNode; isOpen?: boolean; className?: string | undefined };

/** Something that can wait until asked for; the browser's own `details`, so it works without script. */
export const Disclosure = ({ summary, children, isOpen = false, className }: Props) => (
  <details open={isOpen} className={cn("group/disclosure", className)}>
    <summary className="text-muted hover:text-ink inline-flex min-h-6 items-center gap-1 rounded-sm text-sm font-medium">
      <ChevronRight aria-hidden className="size-4 transition-transform group-open/disclosure:rotate-90" />
      {summary}
    </summary>
    <div className="mt-2">{children}</div>
  </details>
);
