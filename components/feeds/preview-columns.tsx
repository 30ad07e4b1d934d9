import { defangText } from "@/components/indicators/defang-text";

import type { ShownProposal } from "./preview-answer";

/** The columns of the list by their numbers, each with its name and a cell, so that a mapping can be read off. */
export const PreviewColumns = ({ columns }: { columns: ShownProposal["found"] }) => (
  <ol
    aria-label="Columns of the first row"
    className="scrollbar-slim bg-sunken relative flex gap-px overflow-x-auto rounded-md border text-xs"
    tabIndex={0}
  >
    {columns.map(({ number, name, sample }) => (
      <li key={number} className="bg-surface max-w-48 min-w-16 shrink-0 px-2 py-1.5">
        <span className="text-muted block">
          <span className="sr-only">Column </span>
          <span className="text-accent font-semibold tabular-nums">{number}</span> {name}
        </span>
        <span className="block truncate font-mono" title={defangText(sample)}>
          {sample === "" ? "(empty)" : defangText(sample)}
        </span>
      </li>
    ))}
  </ol>
);
