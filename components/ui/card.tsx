import type { ComponentProps, ReactNode } from "react";

import { cn } from "./cn";

/** A surface that holds one subject. */
export const Card = ({ className, ...props }: ComponentProps<"div">) => (
  <div {...props} className={cn("bg-surface shadow-card rounded-lg border", className)} />
);

type HeaderProps = {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /** Heading level; 2 when the card is a part of the page, 3 inside a section. */
  level?: 2 | 3;
  /** Lets a region point at the heading with `aria-labelledby`. */
  id?: string | undefined;
};

/** A card's heading with its actions on the right. */
export const CardHeader = ({ title, description, actions, level = 2, id }: HeaderProps) => {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 border-b px-4 py-3">
      <div className="min-w-0">
        <Heading id={id} className="text-base font-semibold">
          {title}
        </Heading>
        {description !== undefined && <p className="text-muted mt-0.5 text-sm">{description}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
};

/** The content of a card with its usual padding. */
export const CardBody = ({ className, ...props }: ComponentProps<"div">) => (
  <div {...props} className={cn("p-4", className)} />
);

/** The last line of a card: actions of a form, or a link to the whole list. */
export const CardFooter = ({ className, ...props }: ComponentProps<"div">) => (
  <div
    {...props}
    className={cn("bg-sunken flex flex-wrap items-center gap-2 rounded-b-lg border-t px-4 py-3", className)}
  />
);
