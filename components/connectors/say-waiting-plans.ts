import { formatNumber } from "@/components/ui/format-number";

type WaitingPlan = { connector: string; add: number; change: number; remove: number };

/** How an act goes on at destinations, in sentences: which plans wait for a person, and that automatic connectors go on. */
export const sayWaitingPlans = (plans: readonly WaitingPlan[]): string => {
  const waiting = plans.flatMap(({ connector, add, change, remove }) => {
    const what = [
      add > 0 && `${formatNumber(add)} to add`,
      change > 0 && `${formatNumber(change)} to change`,
      remove > 0 && `${formatNumber(remove)} to remove`,
    ].filter((part) => part !== false);
    return what.length === 0 ? [] : [`${connector} (${what.join(", ")})`];
  });
  const rest = "Automatic connectors go on by themselves.";
  return waiting.length === 0 ? rest : `A plan waits at ${waiting.join(" and at ")}: look and apply. ${rest}`;
};
