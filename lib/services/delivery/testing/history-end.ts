import { expect } from "vitest";

import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { countStrangers } from "@/lib/services/reconcile/list-strangers";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";

import { openInSmallBatches } from "./desk";
import { endure, minutePasses } from "./hardship";
import { lookAround, openPushes, patienceEnds, type Stage } from "./history-acts";
import { carryOutRecalls, sideOf, toggleSending, type World } from "./world";
import { removeUnknown, toggleCeiling } from "./world-tenant";

// How a history comes to its end.

const { signal } = new AbortController();
/** Longer than any turn with a destination takes. */
const TURN_MS = 10_000;

/** Whether workers and people found anything left to do. */
const work = async (stage: Stage, world: World): Promise<boolean> => {
  const { connectors } = world;
  const { remote } = stage;
  await minutePasses(remote);
  await patienceEnds(stage);
  await lookAround(world);
  const open = [];
  for (const connector of connectors)
    for (const push of await openPushes(connector)) open.push({ ...push, connector });
  // All others stand back for what is urgent, of whatever connector.
  for (const { id, connector } of open.sort((one, other) => Number(other.urgent) - Number(one.urgent))) {
    const { actor } = sideOf(world, connector);
    const pass = () => minutePasses(remote);
    const mend = () => Promise.resolve();
    expect(await endure(actor, connector, id, { mend, open: openInSmallBatches, pass })).toBe("done");
  }
  let isBusy = open.length > 0;
  for (const { id } of connectors)
    if ((await planUrgent(id)).status === "applied" || (await planAndApply(id)).status !== "unchanged")
      isBusy = true;
  return isBusy;
};

/** Whether a comparison found anything that is not as it was sent; what nobody knows of is removed. */
const compare = async (world: World): Promise<boolean> => {
  let isBusy = false;
  for (const connector of world.connectors) {
    const compared = await reconcileConnector(connector.id, { signal });
    isBusy ||= compared.status !== "compared" || compared.removed + compared.changed > 0;
    await removeUnknown(world, connector, TURN_MS);
    isBusy ||= (await countStrangers(connector)).removing > 0;
  }
  return isBusy;
};

/** Faults and lies stop, what was switched off is on again, and workers go on until there is nothing left to do. */
export const settle = async (stage: Stage, world: World): Promise<void> => {
  const { remote } = stage;
  await remote.control("DELETE", "faults");
  await remote.control("PUT", "switches", { defenderDelete: "removes", sentinelEnd: "ends" });
  for (const connector of [...world.off]) await toggleSending(world, connector);
  for (const side of [...world.ceilings]) await toggleCeiling(world, side, 0);
  await carryOutRecalls(world);
  for (let round = 0; round < 20; round += 1)
    if (!(await work(stage, world)) && !(await compare(world))) return;
  throw new Error("Workers did not come to an end.");
};
