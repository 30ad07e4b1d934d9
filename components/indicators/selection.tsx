"use client";

import { createContext, use, useMemo, useState, type ReactNode } from "react";

import { Checkbox } from "@/components/ui/checkbox";

type Selection = {
  /** Ids that are chosen one by one. */
  chosen: ReadonlySet<string>;
  /** All that match is chosen, whatever page shows it. */
  isAll: boolean;
  toggle: (id: string, isOn: boolean) => void;
  choosePage: (ids: readonly string[], isOn: boolean) => void;
  chooseAll: () => void;
  clear: () => void;
};

const NONE: ReadonlySet<string> = new Set();
const SelectionContext = createContext<Selection | null>(null);

/** What is chosen in the list that stands in it. */
export const useSelection = (): Selection => {
  const selection = use(SelectionContext);
  if (selection === null) throw new Error("A selection stands in a SelectionFrame.");
  return selection;
};

/** Holds what is chosen in a list; another page or filter begins with nothing chosen. */
export const SelectionFrame = ({ children }: { children: ReactNode }) => {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NONE);
  const [isAll, setIsAll] = useState(false);
  const selection = useMemo<Selection>(() => {
    const change = (ids: readonly string[], isOn: boolean): void => {
      setIsAll(false);
      setChosen((before) => {
        const after = new Set(before);
        for (const id of ids) {
          if (isOn) after.add(id);
          else after.delete(id);
        }
        return after;
      });
    };
    return {
      ...{ chosen, isAll },
      toggle: (id, isOn) => {
        change([id], isOn);
      },
      choosePage: change,
      chooseAll: () => {
        setIsAll(true);
      },
      clear: () => {
        setIsAll(false);
        setChosen(NONE);
      },
    };
  }, [chosen, isAll]);
  return <SelectionContext value={selection}>{children}</SelectionContext>;
};

/** Chooses one row. */
export const RowCheckbox = ({ id, label }: { id: string; label: string }) => {
  const { chosen, isAll, toggle } = useSelection();
  return (
    <Checkbox
      aria-label={label}
      checked={isAll || chosen.has(id)}
      onChange={(event) => {
        toggle(id, event.currentTarget.checked);
      }}
    />
  );
};

/** Chooses every row of the page, or none of them. */
export const SelectionHead = ({ ids }: { ids: readonly string[] }) => {
  const { chosen, isAll, choosePage } = useSelection();
  const count = ids.filter((id) => chosen.has(id)).length;
  const isFull = isAll || count === ids.length;
  return (
    <Checkbox
      aria-label="Select all on this page"
      checked={isFull}
      isPartial={!isFull && count > 0}
      onChange={(event) => {
        choosePage(ids, event.currentTarget.checked);
      }}
    />
  );
};
