"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";

import { buttonClass } from "./button-class";
import { cn } from "./cn";
import { DialogContext } from "./dialog-context";

type DialogShape = "center" | "left";
type Props = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the bottom, outside the scrolling part. */
  footer?: ReactNode;
  shape?: DialogShape;
  size?: "sm" | "md" | "lg";
};

const BACKDROP =
  "fixed inset-0 z-40 min-h-dvh bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 supports-[-webkit-touch-callout:none]:absolute";
const POPUP =
  "fixed z-50 flex flex-col border bg-raised text-ink shadow-raised outline-none transition-[translate,scale,opacity] duration-150 ease-out";
const SHAPES: Record<DialogShape, string> = {
  center:
    "top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-xl data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0",
  left: "inset-y-0 left-0 w-[min(20rem,calc(100vw-3rem))] border-y-0 border-l-0 data-ending-style:-translate-x-full data-starting-style:-translate-x-full",
};
const WIDTHS = { sm: "max-w-md", md: "max-w-xl", lg: "max-w-3xl" };

/** A dialog whose opening somebody else holds. Focus goes in, stays in and comes back; Escape closes. */
export const DialogFrame = (props: Props) => {
  const { isOpen, onOpenChange, title, description, children, footer, shape = "center", size = "md" } = props;
  return (
    <Base.Root open={isOpen} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup className={cn(POPUP, SHAPES[shape], shape === "center" && WIDTHS[size])}>
          <div className="flex items-start gap-4 border-b px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="text-muted mt-0.5 text-sm">{description}</Base.Description>
              )}
            </div>
            <Base.Close
              aria-label="Close"
              className={buttonClass({ variant: "ghost", size: "icon-sm" }, "-mr-1.5")}
            >
              <X aria-hidden />
            </Base.Close>
          </div>
          <div className="scrollbar-slim min-h-0 flex-1 overflow-y-auto px-5 py-4">
            <DialogContext
              value={() => {
                onOpenChange(false);
              }}
            >
              {children}
            </DialogContext>
          </div>
          {footer !== undefined && (
            <div className="bg-sunken flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
};
