import { cn } from "./cn";

/** A grey stand-in of the size that will come. Decoration: the page's loading state says the words. */
export const Skeleton = ({ className }: { className?: string | undefined }) => (
  <span aria-hidden className={cn("bg-line block h-4 animate-pulse rounded", className)} />
);

/** Rows of a table that is on its way, with a word for readers. */
export const TableSkeleton = ({ rows = 8, label = "Loading" }: { rows?: number; label?: string }) => (
  <div role="status" className="bg-surface divide-y rounded-lg border">
    <span className="sr-only">{label}</span>
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} className="flex items-center gap-6 px-4 py-3">
        <Skeleton className="w-2/5" />
        <Skeleton className="w-1/6" />
        <Skeleton className="ml-auto w-1/12" />
      </div>
    ))}
  </div>
);
