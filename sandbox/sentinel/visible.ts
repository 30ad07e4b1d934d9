import { type World } from "../world";

import { republishDue } from "./republish";
import { type StixRow } from "./stix-row";

/** The time up to which queries have caught up with writes (a switch makes them lag). */
export const indexedUpTo = (world: World): Date =>
  new Date(world.now().getTime() - world.state.switches.sentinelIndexingDelayMs);

/** Objects of a workspace as queries see them: newest indexed version of each, deleted ones left out. */
export const queryable = (world: World, workspaceId: string): StixRow[] => {
  republishDue(world, workspaceId);
  return world.state.sentinel.latest(workspaceId, indexedUpTo(world)).filter((row) => !row.isDeleted);
};
