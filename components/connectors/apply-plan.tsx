import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { actionWords } from "@/lib/domain/connector/actions";
import { describeScope } from "@/lib/domain/connector/where-it-holds";

type Scopes = readonly { deviceGroups: readonly string[]; count: number }[];
type Props = {
  connector: string;
  counts: { add: number; change: number; remove: number };
  /** How many are to stand with which action, and on which device groups; none at Sentinel. */
  actions: readonly { action: string; count: number }[];
  scopes: Scopes;
  /** How many records are to be Allowed. */
  allowed: number;
  /** How much waits to be sent and never is once this is applied, where it takes back everything. */
  instead: number;
  /** What else is to be known before: what does not fit, what changes for others. */
  notes: readonly string[];
  action: FormAction;
  values: Readonly<Record<string, string>>;
};

/** Asks before a plan goes to its destination: how much, what may keep it, and what it means there. */
export const ApplyPlan = (props: Props) => {
  const { connector, counts, actions, scopes, allowed, instead, notes, action, values } = props;
  const { add, change, remove } = counts;
  const total = add + change + remove;
  return (
    <ConfirmDialog
      trigger="Apply"
      variant="primary"
      isDangerous={remove > 0 || allowed > 0}
      typedWord={allowed > 0 ? "Allowed" : undefined}
      title={
        total === 0
          ? `Keep what waits from reaching ${connector}?`
          : `Apply ${formatCount(total, "change")} to ${connector}?`
      }
      confirmLabel="Apply"
      pendingWords="Looking whether all of it is still as planned. You may leave: it goes on, and its push is told on this page."
      action={action}
      values={values}
    >
      {total > 0 && (
        <p>
          It adds {formatNumber(add)}, changes {formatNumber(change)} and removes {formatNumber(remove)}, in
          batches at Microsoft’s limits. If something of this changed since the plan was made, nothing is
          sent, and this page says what to do.
        </p>
      )}
      {instead > 0 && (
        <p>
          {formatCount(instead, "record")} that {instead === 1 ? "waits" : "wait"} to be sent{" "}
          {instead === 1 ? "is" : "are"} not sent any more.
        </p>
      )}
      {actions.length > 0 && (
        <p>
          To stand as{" "}
          <strong>
            {actions.map((one) => `${actionWords(one.action)} ${formatNumber(one.count)}`).join(", ")}
          </strong>
          : {sayScopes(scopes)}.
        </p>
      )}
      {allowed > 0 && (
        <p>
          <strong>{formatCount(allowed, "record")} will be Allowed</strong>: Defender stops alerting on them
          and blocking them.
        </p>
      )}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </ConfirmDialog>
  );
};

const sayScopes = (scopes: Scopes): string =>
  scopes
    .map(({ deviceGroups, count }) =>
      scopes.length === 1
        ? describeScope(deviceGroups)
        : `${formatNumber(count)} ${describeScope(deviceGroups)}`,
    )
    .join("; ");
