import { GitCompareArrows } from "lucide-react";

import { DropdownMenu, MenuLink } from "@/components/ui/dropdown-menu";
import { formatCount, formatNumber } from "@/components/ui/format-number";

import { heldSize, type ShownRun } from "./shown-run";

type Props = {
  team: string;
  run: ShownRun;
  /** The runs of the feed that hold rows of their own. */
  others: readonly ShownRun[];
  liveNumber: number;
};

/** The runs that one can be compared with, the live one first. */
export const CompareMenu = ({ team, run, others, liveNumber }: Props) => {
  const choices = others
    .filter(({ id }) => id !== run.id)
    .toSorted((one, other) => Number(other.number === liveNumber) - Number(one.number === liveNumber));
  if (choices.length === 0) return null;
  return (
    <DropdownMenu
      trigger={
        <>
          <GitCompareArrows aria-hidden />
          Compare with…
        </>
      }
    >
      {choices.map((other) => (
        <MenuLink key={other.id} href={`/t/${team}/runs/${run.id}/compare/${other.id}`}>
          Run {formatNumber(other.number)}
          <span className="text-muted block text-xs">{describe(other, liveNumber)}</span>
        </MenuLink>
      ))}
    </DropdownMenu>
  );
};

const describe = (run: ShownRun, liveNumber: number): string => {
  if (run.number === liveNumber) return `Live, ${formatCount(run.counts.active, "value")}`;
  const { state, counts } = run;
  if (state === "succeeded") return `Live before, ${formatCount(counts.active, "value")}`;
  if (state === "rolled-back") return "Left by rollback";
  return `${state === "held" ? "Held" : "Discarded"}, ${formatCount(heldSize(counts), "value")}`;
};
