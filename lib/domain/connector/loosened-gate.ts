import type { Gate } from "./gate-input";

/** Whether another gate lets something be blocked that the former one kept back; null: there is none. */
export const isLoosened = (former: Gate | null, now: Gate | null): boolean => {
  if (former === null) return false;
  if (now === null) return true;
  return (
    mostOf(now) > mostOf(former) ||
    (former.nearAllowlist && !now.nearAllowlist) ||
    (former.otherTeams && !now.otherTeams)
  );
};

const mostOf = ({ maxPrevalence }: Gate): number => maxPrevalence ?? Number.POSITIVE_INFINITY;
