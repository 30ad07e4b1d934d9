import "server-only";

import { explainNow, type PolicyNow } from "@/lib/services/planning/explain-now";
import { readClaimants, type StandingRecord } from "@/lib/services/reconcile/read-claimants";

type Own = { connectorId: string; teamId: string };

/** What stands of one value where a connector claims it; null where it does not. `row`: the value's number in PostgreSQL. */
export const readRecord = async (
  { connectorId, teamId }: Own,
  row: string,
): Promise<StandingRecord | null> => {
  const record = (await readClaimants({ connectorId, teamId }, [{ row }])).byIndicator.get(row);
  return record?.mine ? record : null;
};

/** What each connector's policy makes of the value now, beside what its newest plan said. */
export const readPolicyNow = async <T extends Own>(
  decisions: readonly T[],
  { row, now }: { row: string; now: Date },
): Promise<(Omit<T, "teamId"> & { policyNow: PolicyNow | null })[]> => {
  const said = new Map<string, PolicyNow>();
  for (const teamId of new Set(decisions.map((one) => one.teamId))) {
    const connectorIds = decisions.flatMap((one) => (one.teamId === teamId ? [one.connectorId] : []));
    const words = await explainNow({ teamId, connectorIds, indicatorId: row, now });
    for (const [connectorId, policyNow] of words) said.set(connectorId, policyNow);
  }
  return decisions.map(({ teamId: _, ...decision }) => ({
    ...decision,
    policyNow: said.get(decision.connectorId) ?? null,
  }));
};
