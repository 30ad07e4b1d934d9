import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { actionWords } from "@/lib/domain/connector/actions";

type Props = {
  /** The first of what is marked. */
  named: readonly { remoteId: string; value: string; action: string | null }[];
  removal: { count: number; hash: string };
  /** Null for who may not start it. */
  start: { action: FormAction; values: Readonly<Record<string, string>> } | null;
};

/** So many are told from reading them; more have to be typed for. */
const MANY = 100;

/** What is marked to be removed, to be reviewed as a list before it is started. */
export const RemovalNote = ({ named, removal: { count, hash }, start }: Props) => {
  const what = formatCount(count, "record");
  return (
    <Callout
      tone="warning"
      title={`${what} ${count === 1 ? "is" : "are"} marked to be removed.`}
      role="note"
      action={
        start && (
          <ConfirmDialog
            trigger="Review and remove"
            size="sm"
            title={`Remove ${what} at Microsoft?`}
            confirmLabel="Remove"
            action={start.action}
            values={{ ...start.values, hash }}
            typedWord={count > MANY ? "remove" : undefined}
          >
            <ul className="list-disc space-y-0.5 pl-5">
              {named.map(({ remoteId, value, action }) => (
                <li key={remoteId}>
                  <code className="text-xs break-all">{value.replaceAll(".", "[.]")}</code>
                  {action !== null && `, ${actionWords(action)}`}
                </li>
              ))}
              {count > named.length && (
                <li>and {formatNumber(count - named.length)} more, in the list of the marked</li>
              )}
            </ul>
            <p>They cannot be brought back from here. Each counts as removed when it was seen to be gone.</p>
          </ConfirmDialog>
        )
      }
    >
      Nothing is removed before somebody reviews the list and starts it.
    </Callout>
  );
};
