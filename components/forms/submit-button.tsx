"use client";

import type { ComponentProps, ReactNode } from "react";
import { useFormStatus } from "react-dom";

import { Button } from "@/components/ui/button";

type Props = Omit<ComponentProps<typeof Button>, "type" | "isBusy"> & {
  /** Words while the form is on its way: "Saving". */
  pendingLabel?: ReactNode;
};

/** Sends the form it stands in; busy until the answer is there. */
export const SubmitButton = ({ pendingLabel, variant = "primary", children, ...props }: Props) => {
  const { pending } = useFormStatus();
  return (
    <Button {...props} type="submit" variant={variant} isBusy={pending}>
      {pending ? (pendingLabel ?? children) : children}
    </Button>
  );
};
