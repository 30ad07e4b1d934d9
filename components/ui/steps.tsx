import { Check } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn";

export type Step = {
  title: string;
  /** What it takes, what it gives, how long. */
  detail?: ReactNode;
  state: "done" | "current" | "next";
  action?: ReactNode;
};

const WORDS: Record<Step["state"], string> = { done: "Done", current: "Now", next: "Later" };

/** A short way with numbered steps: what is done, what is now, what comes. */
export const StepList = ({ label, steps }: { label: string; steps: readonly Step[] }) => (
  <ol aria-label={label} className="bg-surface shadow-card divide-y rounded-lg border">
    {steps.map((step, index) => (
      <li
        key={step.title}
        aria-current={step.state === "current" ? "step" : undefined}
        className="flex flex-wrap items-start gap-x-4 gap-y-3 px-4 py-3.5"
      >
        <StepMark state={step.state} index={index} />
        <div className="min-w-0 flex-1 basis-56">
          <p className={cn("text-sm font-semibold", step.state === "done" && "text-muted")}>
            {step.title}
            <span className="text-muted ml-2 text-xs font-normal">{WORDS[step.state]}</span>
          </p>
          {step.detail !== undefined && <div className="text-muted mt-0.5 text-sm">{step.detail}</div>}
        </div>
        {step.action}
      </li>
    ))}
  </ol>
);

const StepMark = ({ state, index }: { state: Step["state"]; index: number }) => (
  <span
    aria-hidden
    className={cn(
      "grid size-6 shrink-0 place-items-center rounded-full border text-xs font-medium tabular-nums",
      state === "done" && "border-success-line bg-success-tint text-success",
      state === "current" && "border-accent bg-accent text-on-accent",
      state === "next" && "border-strong/50 text-muted",
    )}
  >
    {state === "done" ? <Check className="size-3.5" /> : index + 1}
  </span>
);
