import "server-only";

import { randomUUID } from "node:crypto";

import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { WithheldTarget } from "@/lib/domain/delivery/withhold-input";
import { foreseeElsewise, type ForeseenAt } from "@/lib/services/planning/foresee-elsewise";

import { ofConnector, readOnItsWay, type OnItsWay } from "./on-its-way";
import { findStanding } from "./plan-taking-back";
import { findSubject, insertHold } from "./withhold";

/** What holding something back would take back at a connector's destination, and what of it stays for another feed. */
export type WithholdReach = Pick<ForeseenAt, "connectorId" | "connector" | "mode" | "enabled" | "remove"> & {
  stay: number;
  /** What is in pushes that have not ended, and is not counted otherwise. */
  onItsWay: Pick<OnItsWay, "pushId" | "count">[];
};

/** Says of each connector what it would take back if a feed, a run's additions or everything of the team was held back. Nothing is changed. */
export const checkWithhold = async (
  actor: Actor,
  team: TeamAccess,
  target: WithheldTarget,
): Promise<WithholdReach[]> => {
  const hold = { id: randomUUID(), teamId: team.id };
  const ways: OnItsWay[] = [];
  const foreseen = await foreseeElsewise(team.id, {
    suppose: async (client) => {
      const found = await findSubject(client, team, target);
      await insertHold(client, { ...hold, target, found, actor, reason: "", until: null, now: new Date() });
    },
    findIds: async (client, connectorId) => {
      ways.push(...(await readOnItsWay(client, { teamId: team.id, connectorId, holdId: hold.id })));
      return findStanding(client, hold, connectorId);
    },
  });
  return foreseen.map(({ connectorId, connector, mode, enabled, add, change, remove, keep }) => ({
    ...{ connectorId, connector, mode, enabled, remove },
    stay: add + change + keep,
    onItsWay: ofConnector(ways, connectorId),
  }));
};
