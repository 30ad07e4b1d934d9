import "server-only";

import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { analyticsRules, workbook, type ArmTemplate } from "@/lib/domain/hunting/arm";
import { defenderQueries, sentinelQueries, type Query } from "@/lib/domain/hunting/kql";

import { readFormerNames } from "./former-names";

export type Hunting = {
  queries: Query[];
  /** ARM templates; null where the destination takes none. */
  workbook: ArmTemplate | null;
  analyticsRules: ArmTemplate | null;
};

type Connector = {
  teamId: string;
  kind: ConnectorKind;
  teamName: string;
  sourceSystem: string;
  titleTemplate: string | null;
};

/** What the team's analysts ask the destination of a connector, with the team and the source system filled in. */
export const getHunting = async (connector: Connector): Promise<Hunting> => {
  const { teamId, kind, teamName, sourceSystem, titleTemplate } = connector;
  const ours = { team: teamName, formerTeams: await readFormerNames(teamId), sourceSystem };
  if (kind === "defender")
    return {
      queries: defenderQueries({ ...ours, titleTemplate }),
      workbook: null,
      analyticsRules: null,
    };
  return { queries: sentinelQueries(ours), workbook: workbook(ours), analyticsRules: analyticsRules(ours) };
};
