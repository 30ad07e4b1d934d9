"use client";

import { useEffect, useRef, type ComponentProps } from "react";

import { cn } from "./cn";
import { useFieldControl } from "./field-context";

type Props = Omit<ComponentProps<"input">, "type"> & {
  /** Some but not all of what it stands for is chosen. */
  isPartial?: boolean | undefined;
};

/** A native checkbox: sends its value in a plain form, without script too. */
export const Checkbox = ({ isPartial = false, className, ...props }: Props) => {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // "Indeterminate" exists only as a property of the element, never as an attribute.
    if (box.current !== null) box.current.indeterminate = isPartial;
  }, [isPartial]);

  return (
    <span className={cn("relative inline-grid size-4 shrink-0 place-items-center align-middle", className)}>
      <input
        ref={box}
        type="checkbox"
        {...props}
        {...useFieldControl(props)}
        className="peer border-strong bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent aria-invalid:border-danger col-start-1 row-start-1 size-4 appearance-none rounded-sm border disabled:opacity-55 forced-colors:appearance-auto"
      />
      <svg
        aria-hidden
        viewBox="0 0 16 16"
        className="stroke-on-accent pointer-events-none invisible col-start-1 row-start-1 size-4 fill-none stroke-2 peer-checked:visible peer-indeterminate:hidden forced-colors:hidden"
      >
        <path d="m3.8 8.4 2.8 2.8 5.6-6.2" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <span
        aria-hidden
        className="bg-on-accent pointer-events-none invisible col-start-1 row-start-1 h-0.5 w-2 rounded peer-indeterminate:visible forced-colors:hidden"
      />
    </span>
  );
};
