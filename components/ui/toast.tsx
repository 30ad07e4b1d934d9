"use client";

import { CircleCheck, Info, OctagonX } from "lucide-react";
import { toast, Toaster as Sonner } from "sonner";

/** Where short messages appear. Put once, in the root layout. */
export const Toaster = () => (
  <Sonner
    position="bottom-right"
    className="font-sans!"
    containerAriaLabel="Messages"
    gap={8}
    closeButton
    icons={{
      success: <CircleCheck aria-hidden className="text-success size-4" />,
      info: <Info aria-hidden className="text-accent size-4" />,
      error: <OctagonX aria-hidden className="text-danger size-4" />,
    }}
    toastOptions={{
      unstyled: true,
      classNames: {
        toast:
          "flex w-[min(24rem,calc(100vw-2rem))] items-start gap-2.5 rounded-lg border bg-raised py-3 pr-9 pl-3.5 text-sm text-ink shadow-raised",
        title: "font-medium",
        description: "text-muted",
        icon: "mt-0.5",
        actionButton: "ml-auto shrink-0 rounded-sm px-1.5 text-sm font-medium text-accent hover:underline",
        closeButton:
          "absolute top-2 right-2 grid size-6 place-items-center rounded-sm text-muted hover:bg-hover hover:text-ink",
      },
    }}
  />
);

/** Short messages about what has just been done. An error also stands in the page: a toast is never its only place. */
export const notify = {
  done: (message: string, description?: string) => toast.success(message, { description }),
  info: (message: string, description?: string) => toast.info(message, { description }),
  failed: (message: string, description?: string) => toast.error(message, { description, duration: 10_000 }),
};
