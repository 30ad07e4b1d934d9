"use client";

import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";

import { areSingleKeysOn, isTyping } from "@/components/ui/single-keys";

import { CommandBox, type Command } from "./command-box";
import { KeysHelp } from "./keys-help";

type Overlays = { openCommand: () => void; openKeys: () => void };
const OverlaysContext = createContext<Overlays | null>(null);

/** Opens the command box and the list of keys. Throws outside of the shell. */
export const useOverlays = (): Overlays => {
  const overlays = use(OverlaysContext);
  if (overlays === null) throw new Error("The command box opens inside the shell only.");
  return overlays;
};

type Props = { commands: readonly Command[]; searchHref: string | null; children: ReactNode };

/** The two things that open over every page, and the keys that open them. */
export const OverlaysProvider = ({ commands, searchHref, children }: Props) => {
  const [isCommandOpen, setIsCommandOpen] = useState(false);
  const [areKeysOpen, setAreKeysOpen] = useState(false);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k")
        setIsCommandOpen((isOpen) => !isOpen);
      else if (isTyping(event) || !areSingleKeysOn()) return;
      else if (event.key === "?") setAreKeysOpen(true);
      else if (event.key === "/") {
        // A list's own search is nearer than the command box.
        const search = document.querySelector<HTMLElement>("[data-search]");
        if (search === null) setIsCommandOpen(true);
        else search.focus();
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, []);

  const overlays = useMemo<Overlays>(
    () => ({
      openCommand: () => {
        setIsCommandOpen(true);
      },
      openKeys: () => {
        setAreKeysOpen(true);
      },
    }),
    [],
  );
  return (
    <OverlaysContext value={overlays}>
      {children}
      <CommandBox
        isOpen={isCommandOpen}
        onOpenChange={setIsCommandOpen}
        commands={commands}
        searchHref={searchHref}
      />
      <KeysHelp isOpen={areKeysOpen} onOpenChange={setAreKeysOpen} />
    </OverlaysContext>
  );
};
