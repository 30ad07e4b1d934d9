import "server-only";

import type { PoolClient } from "pg";

import type { IndicatorType } from "@/lib/domain/indicator/types";
import { createRecallFinder } from "@/lib/domain/screening/recall";
import { readRecalls } from "@/lib/services/allowlists/read-recalls";

/** Whether a team's claim on a value is to go as well, because of a recall that binds that team. */
export type IsRecalled = (teamId: string, type: IndicatorType, value: string) => boolean;

/** Asks the recalls that stand for the teams given; nothing is read where there are no teams. */
export const openRecallsOf = async (client: PoolClient, teamIds: readonly string[]): Promise<IsRecalled> => {
  const recalls = teamIds.length === 0 ? [] : await readRecalls(client, teamIds);
  if (recalls.length === 0) return () => false;
  const finders = new Map(
    teamIds.map((teamId) => [
      teamId,
      createRecallFinder(recalls.filter((recall) => recall.teamId === null || recall.teamId === teamId)),
    ]),
  );
  return (teamId, type, value) => (finders.get(teamId)?.(type, value) ?? null) !== null;
};
