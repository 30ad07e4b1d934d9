import { LoaderCircle } from "lucide-react";
import type { ComponentProps } from "react";

import { buttonClass, type ButtonLook } from "./button-class";

type Props = ComponentProps<"button"> & ButtonLook & { isBusy?: boolean | undefined };

/** A button that does not submit unless told to. While busy it keeps its words, spins and takes no second press. */
export const Button = ({ variant, size, isBusy = false, className, children, disabled, ...props }: Props) => (
  <button
    type="button"
    {...props}
    disabled={disabled === true || isBusy}
    aria-busy={isBusy || undefined}
    className={buttonClass({ variant, size }, className)}
  >
    {isBusy && <LoaderCircle aria-hidden className="animate-spin" />}
    {children}
  </button>
);
