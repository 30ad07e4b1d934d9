import { cva, type VariantProps } from "class-variance-authority";

import { cn } from "./cn";

const variants = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors duration-100 select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&>svg]:size-4 [&>svg]:shrink-0",
  {
    variants: {
      variant: {
        primary:
          "border-accent bg-accent text-on-accent not-disabled:hover:border-accent-hover not-disabled:hover:bg-accent-hover",
        secondary:
          "border-strong/60 bg-surface text-ink shadow-card not-disabled:hover:border-strong not-disabled:hover:bg-hover",
        ghost:
          "border-transparent bg-transparent text-muted not-disabled:hover:bg-hover not-disabled:hover:text-ink",
        danger:
          "border-danger-solid bg-danger-solid text-on-danger not-disabled:hover:border-danger-solid-hover not-disabled:hover:bg-danger-solid-hover",
        "danger-quiet":
          "border-danger-line bg-surface text-danger not-disabled:hover:border-danger not-disabled:hover:bg-danger-tint",
      },
      size: {
        sm: "h-7 px-2 text-xs",
        md: "h-8 px-3 text-sm",
        lg: "h-10 px-4 text-base",
        "icon-sm": "size-7",
        icon: "size-8",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

type ButtonVariant = NonNullable<VariantProps<typeof variants>["variant"]>;
type ButtonSize = NonNullable<VariantProps<typeof variants>["size"]>;
export type ButtonLook = { variant?: ButtonVariant | undefined; size?: ButtonSize | undefined };

/** The look of a button, for elements that are not one (links, menu triggers). */
export const buttonClass = ({ variant, size }: ButtonLook, className?: string): string =>
  cn(variants({ variant, size }), className);
