import { CodeBlock } from "@/components/ui/code-block";

import { defangText } from "./defang-text";

type Step = { what: string; text: string | null };
export type ShownRawRow =
  | {
      isKept: true;
      raw: string;
      isCut: boolean;
      spelling: string | null;
      steps: readonly Step[] | null;
      place?: string;
    }
  | { isKept: false; why: string };

/** A row as it stood in its source, and how the spelling in it became the value, step by step. */
export const RawRowCard = ({ row }: { row: ShownRawRow }) => {
  if (!row.isKept) return <p className="text-muted text-sm">{row.why}</p>;
  return (
    <div className="space-y-3">
      {row.place !== undefined && <p className="text-muted text-sm">{row.place}</p>}
      <CodeBlock
        label={
          row.isCut ? "The beginning of the row, made harmless to click" : "The row, made harmless to click"
        }
        code={defangText(row.raw)}
      />
      <Steps spelling={row.spelling} steps={row.steps} />
    </div>
  );
};

const Steps = ({ spelling, steps }: { spelling: string | null; steps: readonly Step[] | null }) => {
  if (spelling === null || steps === null)
    return (
      <p className="text-muted text-sm">
        How it is written in the row cannot be told apart by the row alone, as of one network of a range.
      </p>
    );
  if (steps.length === 0)
    return <p className="text-sm">It stands in the row exactly as it is kept: nothing was rewritten.</p>;
  return (
    <ol aria-label="How it was normalised" className="space-y-2 text-sm">
      <Step number={1} what="It was written so:" text={spelling} />
      {steps.map(({ what, text }, index) => (
        <Step key={what} number={index + 2} what={what} text={text} />
      ))}
    </ol>
  );
};

const Step = ({ number, what, text }: Step & { number: number }) => (
  <li className="flex gap-2.5">
    <span aria-hidden className="text-muted w-5 shrink-0 text-right tabular-nums">
      {number}.
    </span>
    <span className="min-w-0">
      {what}
      {text !== null && (
        <code className="bg-sunken ml-1.5 rounded px-1.5 py-0.5 font-mono text-xs break-all whitespace-pre-wrap">
          {defangText(text)}
        </code>
      )}
    </span>
  </li>
);
