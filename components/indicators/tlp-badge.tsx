import { cn } from "@/components/ui/cn";
import { TLP_LABELS, type Tlp } from "@/lib/domain/indicator/tlp";

/** FIRST's own marks, each with its word; the dot follows the theme so that it stays visible on both. */
const DOTS: Readonly<Record<Tlp, string>> = {
  clear: "bg-surface",
  green: "bg-success",
  amber: "bg-warning",
  "amber+strict": "bg-warning texture-stripes",
  red: "bg-danger",
};

/** A marking in words, with a dot of its colour. */
export const TlpBadge = ({ tlp, className }: { tlp: Tlp; className?: string | undefined }) => (
  <span
    className={cn(
      "inline-flex items-center gap-1.5 align-middle text-xs font-medium whitespace-nowrap",
      className,
    )}
  >
    <span
      aria-hidden
      className={cn("border-strong size-2 rounded-full border forced-color-adjust-none", DOTS[tlp])}
    />
    {TLP_LABELS[tlp]}
  </span>
);
