"use client";

import { useState, type ReactNode } from "react";

import { Button } from "./button";
import type { ButtonLook } from "./button-class";
import { DialogFrame } from "./dialog-frame";

type Props = ButtonLook & {
  /** Words of the button that opens it. */
  trigger: ReactNode;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  width?: "sm" | "md" | "lg";
};

/** A button and the dialog it opens. A form inside closes it with `closesDialog`. */
export const Dialog = ({ trigger, variant, size, width = "md", ...frame }: Props) => {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        variant={variant}
        size={size}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(true);
        }}
      >
        {trigger}
      </Button>
      <DialogFrame {...frame} isOpen={isOpen} onOpenChange={setIsOpen} size={width} />
    </>
  );
};
