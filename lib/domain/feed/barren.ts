type Counts = { values: number; active: number; rejected: number; excluded: number; allowlisted: number };

/**
 * Why a good run left nothing live although its list held values, in a sentence; null when something is live, or the list is
 * empty. Such a feed does not fail, and is of no use: most often the wrong column is read.
 */
export const barrenBecause = ({ values, active, rejected, excluded, allowlisted }: Counts): string | null => {
  if (active > 0 || values === 0) return null;
  const parts = [
    rejected > 0 ? `${count(rejected)} could not be read` : "",
    excluded > 0 ? `${count(excluded)} left out by its settings` : "",
    allowlisted > 0 ? `${count(allowlisted)} kept in by an allowlist` : "",
  ].filter((part) => part !== "");
  const why = parts.length === 0 ? "all have ended or were withdrawn" : parts.join(", ");
  return values === 1
    ? `Its one value is not live: ${why}.`
    : `None of its ${count(values)} values is live: ${why}.`;
};

const count = (value: number): string => value.toLocaleString("en-US");
