import { Callout } from "@/components/ui/callout";
import type { ActionState } from "@/lib/actions/state";

import { COLUMN_WORDS } from "./column-words";

/** Why an action that is asked while a form is filled in gave nothing: its message, or the fields that need another look. */
export const Refusal = ({ answer, fallback }: { answer: ActionState; fallback: string }) => {
  if (answer.status === "failed") return <Callout role="alert" tone="danger" title={answer.message} />;
  if (answer.status !== "invalid") return null;
  return (
    <Callout role="alert" tone="danger" title={answer.message ?? fallback}>
      <ul className="list-disc pl-4">
        {Object.entries(answer.fields).map(([name, messages]) => (
          <li key={name}>
            <span className="text-ink font-medium">{fieldLabel(name)}</span>: {messages?.join(" ")}
          </li>
        ))}
      </ul>
    </Callout>
  );
};

const FIELD_LABELS: Readonly<Record<string, string>> = {
  url: "Address",
  "csv.valueColumns": "Value columns",
  "csv.delimiter": "Cells are separated by",
  exclusionRegex: "Leave out",
  headers: "Headers",
};

const ROLE_LABELS: Readonly<Record<string, { label: string }>> = COLUMN_WORDS;

const fieldLabel = (name: string): string => {
  const role = name.split(".").at(-1) ?? name;
  return FIELD_LABELS[name] ?? ROLE_LABELS[role]?.label ?? role;
};
