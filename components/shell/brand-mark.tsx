import { cn } from "@/components/ui/cn";

/** Sluice's sign: water on both sides of a raised gate. Decoration; the name stands beside it. */
export const BrandMark = ({ className }: { className?: string | undefined }) => (
  <svg aria-hidden viewBox="0 0 24 24" className={cn("size-6 shrink-0", className)}>
    <rect width="24" height="24" rx="6" className="fill-accent" />
    <g className="stroke-on-accent" fill="none" strokeWidth="1.8" strokeLinecap="round">
      <path d="M9 4.5v10M15 4.5v10" />
      <path d="M9 7.5h6M9 10.5h6" />
      <path d="M4 18c1.3-1.4 2.7-1.4 4 0s2.7 1.4 4 0 2.7-1.4 4 0 2.7 1.4 4 0" />
    </g>
  </svg>
);

/** The sign with the name. */
export const Brand = () => (
  <span className="inline-flex items-center gap-2 text-lg font-semibold tracking-tight">
    <BrandMark />
    Sluice
  </span>
);
