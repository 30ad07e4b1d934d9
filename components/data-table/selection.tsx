"use client";

import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";

import { Checkbox } from "@/components/ui/checkbox";

type Selection = {
  pageIds: readonly string[];
  chosen: ReadonlySet<string>;
  /** Everything that matches the filter, beyond this page too. */
  isAllMatching: boolean;
  choose: (ids: readonly string[], isChosen: boolean) => void;
  chooseAllMatching: () => void;
  clear: () => void;
};

const NOTHING: ReadonlySet<string> = new Set();
const SelectionContext = createContext<Selection | null>(null);

type ProviderProps = {
  /** The ids of the rows on this page. Another page starts empty: give it another `key`. */
  pageIds: readonly string[];
  children: ReactNode;
};

/** Holds which rows of a page are ticked, for the table and for the bar of actions above it. */
export const SelectionProvider = ({ pageIds, children }: ProviderProps) => {
  const [chosen, setChosen] = useState(NOTHING);
  const [isAllMatching, setIsAllMatching] = useState(false);
  const clear = useCallback(() => {
    setChosen(NOTHING);
    setIsAllMatching(false);
  }, []);
  const selection = useMemo<Selection>(
    () => ({
      pageIds,
      chosen,
      isAllMatching,
      choose: (ids, isChosen) => {
        setIsAllMatching(false);
        setChosen((before) => {
          const after = new Set(before);
          for (const id of ids) {
            if (isChosen) after.add(id);
            else after.delete(id);
          }
          return after;
        });
      },
      chooseAllMatching: () => {
        setChosen(new Set(pageIds));
        setIsAllMatching(true);
      },
      clear,
    }),
    [pageIds, chosen, isAllMatching, clear],
  );
  return <SelectionContext value={selection}>{children}</SelectionContext>;
};

/** What is ticked. Throws outside of a `SelectionProvider`: a table that selects has one. */
export const useSelection = (): Selection => {
  const selection = use(SelectionContext);
  if (selection === null) throw new Error("A table with a selection needs a SelectionProvider around it.");
  return selection;
};

/** Ticks one row. */
export const SelectRow = ({ id, label }: { id: string; label: string }) => {
  const { chosen, choose } = useSelection();
  return (
    <Checkbox
      aria-label={`Select ${label}`}
      data-select
      checked={chosen.has(id)}
      onChange={(event) => {
        choose([id], event.currentTarget.checked);
      }}
    />
  );
};

/** Ticks every row of the page, or none. */
export const SelectPage = () => {
  const { pageIds, chosen, choose } = useSelection();
  const count = pageIds.filter((id) => chosen.has(id)).length;
  return (
    <Checkbox
      aria-label="Select all rows of this page"
      checked={count === pageIds.length}
      isPartial={count > 0 && count < pageIds.length}
      onChange={(event) => {
        choose(pageIds, event.currentTarget.checked);
      }}
    />
  );
};
