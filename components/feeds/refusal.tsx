import { Callout } from "@/components/ui/callout";
import type { ActionState } from "@/lib/actions/state";

import { fieldLabel } from "./field-labels";

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
