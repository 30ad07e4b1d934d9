type Counts = Record<"values" | "active" | "rejected" | "excluded" | "allowlisted" | "duplicate", number>;

/**
 * Why a good run left nothing live although its list held values, in a sentence; null when something is live, or the list is
 * empty. Such a feed does not fail, and is of no use: most often the wrong column is read.
 */
export const barrenBecause = ({
  values,
  active,
  rejected,
  excluded,
  allowlisted,
  duplicate,
}: Counts): string | null => {
  if (active > 0 || values === 0) return null;
  const parts = [
    rejected > 0 ? `${count(rejected)} could not be read` : "",
    excluded > 0 ? `${count(excluded)} left out by its settings` : "",
    allowlisted > 0 ? `${count(allowlisted)} kept in by an allowlist` : "",
  ].filter((part) => part !== "");
  const others = values - rejected - excluded - allowlisted - duplicate;
  if (others > 0)
    parts.push(parts.length === 0 ? "all have ended or were withdrawn" : endedOrWithdrawn(others));
  const why = parts.join(", ");
  return values === 1
    ? `Its one value is not live: ${why}.`
    : `None of its ${count(values)} values is live: ${why}.`;
};

const endedOrWithdrawn = (others: number): string =>
  others === 1 ? "1 has ended or was withdrawn" : `${count(others)} have ended or were withdrawn`;

const count = (value: number): string => value.toLocaleString("en-US");
