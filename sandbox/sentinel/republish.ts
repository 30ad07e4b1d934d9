import { type World } from "../world";

import { isActive, updatedAtOf, type StixRow } from "./stix-row";

const DAY_MS = 24 * 3_600_000;
export const REPUBLISHER = "LogARepublisher";

/** Publishes again what holds and has waited as many days as the switch says, as Sentinel does every 7 to 10 days. */
export const republishDue = (world: World, workspaceId: string): void => {
  const periodMs = world.state.switches.sentinelRepublishDays * DAY_MS;
  if (periodMs === 0) return;
  const now = world.now().getTime();
  for (const row of world.state.sentinel.latest(workspaceId, world.now())) {
    const periods = Math.floor((now - Date.parse(row.timeGenerated)) / periodMs);
    if (periods < 1 || !isActive(row, world.now())) continue;
    republish(world, row, new Date(Date.parse(row.timeGenerated) + periods * periodMs));
    world.changed();
  }
};

/** Appends the row that publishes an object again, unchanged. */
export const republish = (world: World, row: StixRow, at: Date): void => {
  world.state.sentinel.append({
    ...row,
    timeGenerated: at.toISOString(),
    updatedAt: updatedAtOf(row),
    lastUpdateMethod: REPUBLISHER,
  });
};
