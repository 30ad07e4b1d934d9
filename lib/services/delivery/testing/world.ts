import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall, liftRecall } from "@/lib/services/recalls/create-recall";
import { getRecall } from "@/lib/services/recalls/get-recall";
import { liftWithheld } from "@/lib/services/withheld/lift-withheld";
import { withhold } from "@/lib/services/withheld/withhold";

import { startConnector, stopConnector } from "../switch-sending";
import { connect, someValues } from "./desk";

// Two teams at one tenant, and what their people may do in the middle of everything.

const { signal } = new AbortController();

/** One team and what its people want. */
export type Side = {
  team: { id: string; slug: string };
  actor: Actor;
  access: TeamAccess;
  wanted: Set<string>;
};

/** Two teams with three automatic connectors, and what their people did so far. */
export const makeWorld = async (sides: readonly [Side, Side], valueCount: number) => {
  const [{ actor, team }, other] = sides;
  const connectors = [
    await connect(actor, team, "defender", { mode: "automatic" }),
    await connect(actor, team, "sentinel", { mode: "automatic" }),
    await connect(other.actor, other.team, "defender", { mode: "automatic", app: "TPI_TeamB" }),
  ] as const;
  const values = someValues(valueCount).map(({ value }) => value);
  return {
    ...{ sides, connectors, values },
    /** By value, of the first team. */
    recalls: new Map<string, string>(),
    /** Of which the job has not run yet. */
    toCarryOut: new Set<string>(),
    /** On everything of the first team. */
    hold: { id: null as string | null },
    /** Connectors whose sending is switched off. */
    off: new Set<ConnectorView>(),
  };
};
export type World = Awaited<ReturnType<typeof makeWorld>>;

/** The team of a connector. */
export const sideOf = ({ sides }: World, { teamId }: ConnectorView): Side =>
  sides[1].team.id === teamId ? sides[1] : sides[0];

/** What is to stand for a team: a recall and a hold are on the first. */
export const desiredOf = ({ sides, recalls, hold }: World, number: 0 | 1): string[] => {
  const wanted = [...sides[number].wanted];
  if (number === 1) return wanted;
  return hold.id === null ? wanted.filter((value) => !recalls.has(value)) : [];
};

/** The jobs of recalls run. */
export const carryOutRecalls = async ({ toCarryOut }: World): Promise<void> => {
  for (const id of toCarryOut) {
    await carryOutRecall(id, { signal });
    toCarryOut.delete(id);
  }
};

/** A person recalls a value for the first team, or lifts that. */
export const toggleRecall = async ({ sides, recalls, toCarryOut }: World, value: string): Promise<void> => {
  const [{ actor, team }] = sides;
  const known = recalls.get(value);
  if (known !== undefined) {
    await liftRecall(actor, await getRecall(actor, known));
    recalls.delete(value);
    return;
  }
  const target = readTarget("value", value);
  const { id } = await createRecall(actor, team.id, { target, reason: "Ours.", until: null });
  recalls.set(value, id);
  toCarryOut.add(id);
};

/** A person holds back all of the first team, or lifts that. */
export const toggleHold = async ({ sides, hold }: World): Promise<void> => {
  const [{ actor, access, team }] = sides;
  if (hold.id === null)
    hold.id = await withhold(actor, access, { target: { scope: "team" }, reason: "All of it." });
  else {
    await liftWithheld(actor, { id: hold.id, teamId: team.id });
    hold.id = null;
  }
};

/** A person switches a connector's sending off, or on. */
export const toggleSending = async (world: World, connector: ConnectorView): Promise<void> => {
  const { actor } = sideOf(world, connector);
  if (world.off.delete(connector)) await startConnector(actor, connector);
  else {
    await stopConnector(actor, connector, "An incident.");
    world.off.add(connector);
  }
};
