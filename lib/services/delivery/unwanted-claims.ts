import "server-only";

import type { PoolClient } from "pg";

import type { PlanCode } from "@/lib/domain/selection/codes";

import { listedIds } from "@/lib/services/planning/candidate-ids";
import { judgeCandidates } from "@/lib/services/planning/judge-candidates";
import { readPlanningConnector } from "@/lib/services/planning/planning-connector";
import type { TeamClaim } from "./team-claims";

/** Whether a connector's claim on the indicator of that row is of a team that does not want the value any more. */
export type IsUnwanted = (connectorId: string, indicatorId: string) => boolean;

type Claimed = { indicatorId: string; claims: readonly TeamClaim[] };

/**
 * Finds claims that are only left because their connector has not planned yet: what their team withdrew, recalled, holds back or keeps
 * in, or what no source vouches for any more. `connectorId` is asking, and is not asked.
 */
export const findUnwantedClaims = async (
  client: PoolClient,
  connectorId: string,
  { claimed, now }: { claimed: readonly Claimed[]; now: Date },
): Promise<IsUnwanted> => {
  const byConnector = new Map<string, { teamId: string; ids: string[] }>();
  for (const { indicatorId, claims } of claimed)
    for (const { connectorId: id, teamId } of claims) {
      if (id === connectorId) continue;
      const known = byConnector.get(id) ?? { teamId, ids: [] };
      known.ids.push(indicatorId);
      byConnector.set(id, known);
    }
  const unwanted = new Map<string, ReadonlySet<string>>();
  for (const [id, { teamId, ids }] of byConnector)
    unwanted.set(id, await findUnwanted(client, { connectorId: id, teamId, ids, now }));
  return (id, indicatorId) => unwanted.get(id)?.has(indicatorId) ?? false;
};

type Asked = { connectorId: string; teamId: string; ids: readonly string[]; now: Date };

const findUnwanted = async (
  client: PoolClient,
  { connectorId, teamId, ids, now }: Asked,
): Promise<ReadonlySet<string>> => {
  const connector = await readPlanningConnector(client, { connectorId, teamId });
  const unwanted = new Set<string>();
  const nextIds = listedIds(ids.toSorted((one, other) => Number(BigInt(one) - BigInt(other))));
  // What a person left out is none the more wanted for that.
  const judging = { connector, isWithdrawal: false, triesLeftOut: true, now };
  for await (const page of judgeCandidates(client, nextIds, judging))
    for (const judged of page)
      if (judged.operation !== "keep" && ENDED.has(judged.code)) unwanted.add(judged.id);
  return unwanted;
};

/** What is over for the whole team. What a connector alone does not take any more is reviewed with its own plan. */
const ENDED: ReadonlySet<PlanCode> = new Set([
  ...(["recalled", "withdrawn", "withheld", "no-longer-listed", "allowlisted", "expired"] as const),
]);
