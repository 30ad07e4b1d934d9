import type { ComponentProps } from "react";

import { buttonClass, type ButtonLook } from "./button-class";
import { Link } from "./link";

type Props = ComponentProps<typeof Link> & ButtonLook;

/** Goes somewhere, looks like a button. For anything that changes something use `Button`. */
export const LinkButton = ({ variant, size, className, ...props }: Props) => (
  <Link {...props} className={buttonClass({ variant, size }, className)} />
);
