"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { Command as Box } from "cmdk";
import { CornerDownLeft, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { Kbd } from "@/components/ui/kbd";
import { truncateMiddle } from "@/components/ui/truncate";

/** A place to go to from anywhere. `keywords` are other words a person might type for it. */
export type Command = { group: string; label: string; href: string; keywords?: readonly string[] };

type Props = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  commands: readonly Command[];
  /** The team's list of indicators, to which a typed value is handed; `null` where no team is chosen. */
  searchHref: string | null;
};

const SHOWN_LENGTH = 48;
const ITEM =
  "flex min-h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 text-sm select-none data-[selected=true]:bg-accent-tint data-[selected=true]:text-ink";
const GROUP =
  "p-1 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-1.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted";

/** From anywhere to anywhere: a page by its name, an indicator by its value, live or defanged. */
export const CommandBox = ({ isOpen, onOpenChange, commands, searchHref }: Props) => {
  const router = useRouter();
  const [query, setQuery] = useState("");
  const value = query.trim();
  const go = (href: string): void => {
    onOpenChange(false);
    setQuery("");
    router.push(href);
  };

  return (
    <Base.Root open={isOpen} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="bg-scrim fixed inset-0 z-40 min-h-dvh transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className="bg-raised text-ink shadow-raised fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border transition-opacity duration-100 outline-none data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Base.Title className="sr-only">Command box</Base.Title>
          <Box label="Go to a page or look up a value" loop>
            <div className="flex items-center gap-2.5 border-b px-4">
              <Search aria-hidden className="text-muted size-4 shrink-0" />
              <Box.Input
                value={query}
                onValueChange={setQuery}
                placeholder="Go to a page, or paste a value to trace it"
                className="h-12 w-full bg-transparent text-base outline-none"
              />
            </div>
            <Box.List className="scrollbar-slim max-h-80 overflow-y-auto">
              {value !== "" && searchHref === null && (
                <Box.Empty className="text-muted px-4 py-6 text-center text-sm">
                  No page has this name.
                </Box.Empty>
              )}
              {groupsOf(commands).map(([group, items]) => (
                <Box.Group key={group} heading={group} className={GROUP}>
                  {items.map((command) => (
                    <Box.Item
                      key={command.href}
                      value={`${group} ${command.label}`}
                      keywords={[...(command.keywords ?? [])]}
                      onSelect={() => {
                        go(command.href);
                      }}
                      className={ITEM}
                    >
                      {command.label}
                    </Box.Item>
                  ))}
                </Box.Group>
              ))}
              {value !== "" && searchHref !== null && (
                <Box.Group forceMount heading="Indicators" className={GROUP}>
                  <Box.Item
                    forceMount
                    value={`Look up ${value}`}
                    onSelect={() => {
                      go(`${searchHref}?q=${encodeURIComponent(value)}`);
                    }}
                    className={ITEM}
                  >
                    <Search aria-hidden className="text-muted size-4" />
                    <span className="min-w-0 truncate">
                      Look up <span className="font-mono">{truncateMiddle(value, SHOWN_LENGTH)}</span>
                    </span>
                  </Box.Item>
                </Box.Group>
              )}
            </Box.List>
            <p className="bg-sunken text-muted flex items-center gap-4 border-t px-4 py-2 text-xs">
              <span className="inline-flex items-center gap-1.5">
                <Kbd>↑</Kbd>
                <Kbd>↓</Kbd> choose
              </span>
              <span className="inline-flex items-center gap-1.5">
                <Kbd>
                  <CornerDownLeft aria-label="Enter" className="size-3" />
                </Kbd>
                go
              </span>
              <span className="inline-flex items-center gap-1.5">
                <Kbd>Esc</Kbd> close
              </span>
            </p>
          </Box>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
};

const groupsOf = (commands: readonly Command[]): [string, Command[]][] => {
  const groups = new Map<string, Command[]>();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups];
};
