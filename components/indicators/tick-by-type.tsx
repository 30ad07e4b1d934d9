"use client";

import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";

import { keyOf, type Candidate } from "./report-answers";

type Props = {
  candidates: readonly Candidate[];
  ticked: ReadonlySet<string>;
  onTick: (keys: readonly string[], isTicked: boolean) => void;
  onPropose: () => void;
};

/** Ticks or unticks all values of a type at once, or goes back to what was proposed. */
export const TickByType = ({ candidates, ticked, onTick, onPropose }: Props) => {
  const byType = new Map<IndicatorType, string[]>();
  for (const candidate of candidates) {
    const keys = byType.get(candidate.type);
    if (keys) keys.push(keyOf(candidate));
    else byType.set(candidate.type, [keyOf(candidate)]);
  }
  return (
    <fieldset className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <legend className="sr-only">All of a type</legend>
      {[...byType].map(([type, keys]) => {
        const count = keys.filter((key) => ticked.has(key)).length;
        return (
          <label key={type} className="inline-flex min-h-6 items-center gap-2 text-sm">
            <Checkbox
              checked={count === keys.length}
              isPartial={count > 0 && count < keys.length}
              onChange={({ currentTarget }) => {
                onTick(keys, currentTarget.checked);
              }}
            />
            {INDICATOR_TYPE_LABELS[type]}
            <span className="text-muted tabular-nums">
              {count} of {keys.length}
            </span>
          </label>
        );
      })}
      <Button size="sm" onClick={onPropose}>
        As proposed
      </Button>
    </fieldset>
  );
};
