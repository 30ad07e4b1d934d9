import type { ReactNode } from "react";

import { cn } from "./cn";

export type KeyValueEntry = { label: string; value: ReactNode; hint?: ReactNode };
type Props = { entries: readonly KeyValueEntry[]; columns?: 1 | 2; className?: string | undefined };

/** Facts about one thing as a description list. An absent value is an en dash that readers hear as "none". */
export const KeyValueList = ({ entries, columns = 1, className }: Props) => (
  <dl className={cn("grid gap-x-8 text-sm", columns === 2 && "md:grid-cols-2", className)}>
    {entries.map(({ label, value, hint }) => (
      <div
        key={label}
        className="grid grid-cols-1 gap-x-4 border-b py-2 last:border-b-0 sm:grid-cols-[minmax(7rem,11rem)_minmax(0,1fr)]"
      >
        <dt className="text-muted">{label}</dt>
        <dd className="min-w-0 break-words">
          {value === null || value === undefined || value === "" ? <None /> : value}
          {hint !== undefined && <span className="text-muted mt-0.5 block text-xs">{hint}</span>}
        </dd>
      </div>
    ))}
  </dl>
);

/** The mark for "there is none". */
export const None = ({ label = "none" }: { label?: string }) => (
  <span className="text-faint">
    <span aria-hidden>–</span>
    <span className="sr-only">{label}</span>
  </span>
);
