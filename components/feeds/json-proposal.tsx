import { Wand2 } from "lucide-react";

import { defangText } from "@/components/indicators/defang-text";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";

import { COLUMN_WORDS } from "./column-words";
import { isJsonProposed, type JsonValues } from "./feed-form-values";
import type { ShownJsonProposal } from "./preview-answer";

type Props = {
  proposal: ShownJsonProposal;
  /** The mapping as it stands. */
  json: JsonValues;
  onUse: (proposal: ShownJsonProposal, form: HTMLFormElement) => void;
};

/** Where the values of a JSON answer seem to lie, and every path to a text in its items with a sample. */
export const JsonProposal = ({ proposal, json, onUse }: Props) => (
  <>
    {!isJsonProposed(json, proposal) && (
      <Callout
        tone="info"
        title={describe(proposal)}
        action={
          <Button
            size="sm"
            onClick={(event) => {
              if (event.currentTarget.form) onUse(proposal, event.currentTarget.form);
            }}
          >
            <Wand2 aria-hidden />
            Use this
          </Button>
        }
      />
    )}
    <dl
      aria-label="Paths in the first item"
      className="scrollbar-slim bg-sunken relative flex gap-px overflow-x-auto rounded-md border text-xs"
      tabIndex={0}
    >
      {proposal.found.map(({ path, sample }) => (
        <div key={path} className="bg-surface max-w-48 min-w-16 shrink-0 px-2 py-1.5">
          <dt className="text-muted truncate" title={path}>
            {path}
          </dt>
          <dd className="truncate font-mono" title={defangText(sample)}>
            {sample === "" ? "(empty)" : defangText(sample)}
          </dd>
        </div>
      ))}
    </dl>
  </>
);

const describe = ({ isLines, list, value, fields }: ShownJsonProposal): string => {
  const items = isLines ? "a document on each line" : list === "@" ? "a list" : `a list at ${list}`;
  const others = Object.entries(fields).map(([role, path]) => `${labelOf(role).toLowerCase()} at ${path}`);
  return `Looks like: ${[items, value === "@" ? "of values" : `values at ${value}`, ...others].join(", ")}.`;
};

const LABELS: Readonly<Record<string, { label: string }>> = COLUMN_WORDS;
const labelOf = (role: string): string => LABELS[role]?.label ?? role;
