"use client";

import { useEffect, type ReactNode } from "react";

import { useFormAnswer } from "@/components/forms/form-context";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format-number";

import { useSelection } from "./selection";

type Props = {
  noun: string;
  /** How many match the filter altogether; `null` when it was not counted. */
  totalMatching: number | null;
  /** The actions; their forms carry a `SelectionFields`. */
  children: ReactNode;
};

/** Appears with the first tick: how many are chosen, all that match if wanted, and what can be done with them. */
export const BulkBar = ({ noun, totalMatching, children }: Props) => {
  const { pageIds, chosen, isAllMatching, chooseAllMatching, clear } = useSelection();
  const hasWholePage = chosen.size > 0 && chosen.size >= pageIds.length;
  const count = isAllMatching && totalMatching !== null ? totalMatching : chosen.size;

  return (
    <div role="status">
      {chosen.size > 0 && (
        <div className="border-accent-line bg-accent-tint mb-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border px-3 py-2 text-sm">
          <span className="font-medium">{formatCount(count, noun)} selected</span>
          {hasWholePage && !isAllMatching && totalMatching !== null && totalMatching > chosen.size && (
            <Button variant="ghost" size="sm" onClick={chooseAllMatching} className="text-accent">
              Select all {formatCount(totalMatching, noun)} that match
            </Button>
          )}
          <span className="ml-auto flex flex-wrap gap-2">
            {children}
            <Button variant="ghost" size="sm" onClick={clear}>
              Clear
            </Button>
          </span>
        </div>
      )}
    </div>
  );
};

/** The selection as fields of a form: the ids one by one, or `allMatching` and the filter's own query. */
export const SelectionFields = ({ filterQuery }: { filterQuery: string }) => {
  const { chosen, isAllMatching, clear } = useSelection();
  const answer = useFormAnswer();
  useEffect(() => {
    // What was chosen has been dealt with; left ticked it would be dealt with again.
    if (answer.status === "done") clear();
  }, [answer, clear]);

  if (isAllMatching) {
    return (
      <>
        <input type="hidden" name="allMatching" value="true" />
        <input type="hidden" name="filter" value={filterQuery} />
      </>
    );
  }
  return Array.from(chosen, (id) => <input key={id} type="hidden" name="ids" value={id} />);
};
