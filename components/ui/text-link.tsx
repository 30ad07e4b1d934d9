import type { ComponentProps } from "react";

import { cn } from "./cn";
import { Link } from "./link";

/** A link inside running text or a table cell. Never for an indicator's own value. */
export const TextLink = ({ className, ...props }: ComponentProps<typeof Link>) => (
  <Link
    {...props}
    className={cn(
      "text-accent decoration-accent-line hover:text-accent-hover rounded-sm underline decoration-1 underline-offset-3 hover:decoration-current",
      className,
    )}
  />
);
