"use client";

import { useRef, type ComponentProps } from "react";

import { DialogContext } from "./dialog-context";
import { Disclosure } from "./disclosure";

/** A disclosure around one form; it closes when that is done, as a dialog does. */
export const FormDisclosure = ({ children, ...props }: ComponentProps<typeof Disclosure>) => {
  const place = useRef<HTMLDivElement>(null);
  const close = (): void => {
    place.current?.closest("details")?.removeAttribute("open");
  };
  return (
    <Disclosure {...props}>
      <DialogContext value={close}>
        <div ref={place}>{children}</div>
      </DialogContext>
    </Disclosure>
  );
};
