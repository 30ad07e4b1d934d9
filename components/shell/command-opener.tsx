"use client";

import { Search } from "lucide-react";

import { Kbd } from "@/components/ui/kbd";

import { useOverlays } from "./overlays";

/** Opens the command box; looks like the search field that people expect there. */
export const CommandOpener = () => {
  const { openCommand } = useOverlays();
  return (
    <button
      type="button"
      onClick={openCommand}
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
      className="border-strong/60 bg-surface text-muted hover:border-strong flex h-8 w-full max-w-md items-center gap-2 rounded-md border px-2.5 text-sm"
    >
      <Search aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0 flex-1 truncate text-left">Go to a page or look up a value</span>
      <span aria-hidden className="hidden gap-1 sm:flex">
        <Kbd>Ctrl</Kbd>
        <Kbd>K</Kbd>
      </span>
    </button>
  );
};
