"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

type Props = {
  text: ReactNode;
  /** The control being explained; must accept a ref and focus. */
  children: ReactElement;
  side?: "top" | "bottom" | "left" | "right";
};

/** A hint for those who see it, on hover and on focus. Never the only place of anything that matters. */
export const Tooltip = ({ text, children, side = "top" }: Props) => (
  <Base.Root>
    <Base.Trigger render={children} delay={400} />
    <Base.Portal>
      <Base.Positioner side={side} sideOffset={6} className="z-50">
        <Base.Popup className="bg-raised text-ink shadow-raised max-w-xs rounded-md border px-2 py-1 text-xs transition-opacity duration-100 data-ending-style:opacity-0 data-instant:transition-none data-starting-style:opacity-0">
          {text}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
);
