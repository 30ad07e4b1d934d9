import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { stricterAction, higherSeverity, type Action, type Severity } from "@/lib/domain/connector/actions";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import type { AllowlistView } from "@/lib/services/allowlists/allowlist-view";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import { removeEntry } from "@/lib/services/allowlists/entries";
import { rescreenTeam } from "@/lib/services/allowlists/rescreen-team";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall, liftRecall } from "@/lib/services/recalls/create-recall";
import { getRecall } from "@/lib/services/recalls/get-recall";
import { liftWithheld } from "@/lib/services/withheld/lift-withheld";
import { withhold } from "@/lib/services/withheld/withhold";

import { startConnector, stopConnector } from "../switch-sending";
import { connect, someValues } from "./desk";
import type { WorldFeed } from "./world-feed";

// Two teams at one tenant, and what their people may do in the middle of everything. What is to stand is told from what they did alone.

const { signal } = new AbortController();

/** How a person wants a value of the team's own list treated. */
export type Wish = { action: "Audit" | "Block"; severity: "Low" | "High" };

/** One team and what its people did. */
export type Side = {
  team: { id: string; slug: string; name: string };
  actor: Actor;
  access: TeamAccess;
  /** The team's own list. */
  own: Map<string, Wish>;
  /** Withdrawn by a person: over whatever feeds say. */
  withdrawn: Set<string>;
};

/** Two teams with automatic connectors to one tenant and one workspace; the first team has two to the tenant, by two applications. */
export const makeWorld = async (
  sides: readonly [Side, Side],
  { valueCount, feed, administrator }: { valueCount: number; feed: WorldFeed; administrator: Actor },
) => {
  const [{ actor, team }, other] = sides;
  const connectors = [
    await connect(actor, team, "defender", { mode: "automatic" }),
    await connect(actor, team, "sentinel", { mode: "automatic" }),
    await connect(other.actor, other.team, "defender", { mode: "automatic", app: "TPI_TeamB" }),
    await connect(actor, team, "defender", { mode: "automatic", app: "TPI_NoConsent" }),
    await connect(other.actor, other.team, "sentinel", { mode: "automatic", app: "TPI_TeamB" }),
  ] as const;
  const values = someValues(valueCount).map(({ value }) => value);
  const allowlist = await createAllowlist(actor, team.id, {
    name: `Ours ${team.slug}`,
    match: "string",
    effect: "stop",
  });
  return {
    ...{ sides, connectors, values, feed, allowlist, administrator },
    /** By value, of the first team. */
    recalls: new Map<string, string>(),
    /** Of which the job has not run yet. */
    toCarryOut: new Set<string>(),
    /** What the first team's list keeps in. */
    allowed: new Set<string>(),
    /** On everything of the first team. */
    hold: { id: null as string | null },
    /** Connectors whose sending is switched off. */
    off: new Set<ConnectorView>(),
    /** Whether the first connector sends what the feed says to one device group. */
    rule: { isOn: false },
    /** What somebody made by hand that nobody here knows of. */
    strays: new Set<string>(),
    /** Teams that may have a few of the tenant's places only. */
    ceilings: new Set<Side>(),
  };
};
export type World = Awaited<ReturnType<typeof makeWorld>> & { allowlist: AllowlistView };

/** The team of a connector. */
export const sideOf = ({ sides }: World, { teamId }: ConnectorView): Side =>
  sides[1].team.id === teamId ? sides[1] : sides[0];

export type Treated = { action: Action; severity: Severity };

/** A feed says nothing of how a value is to be treated: the connector does. */
const AS_THE_CONNECTOR: Treated = { action: "Audit", severity: "Medium" };

/** What is to stand for a team, and how: feed, recalls, list and hold are the first's. */
export const desiredOf = (world: World, number: 0 | 1): ReadonlyMap<string, Treated> => {
  const { own, withdrawn } = world.sides[number];
  if (number === 1) return own;
  if (world.hold.id !== null) return new Map();
  const wanted = new Set([...own.keys(), ...world.feed.live()]);
  return new Map(
    [...wanted]
      .filter((value) => !withdrawn.has(value) && !world.recalls.has(value) && !world.allowed.has(value))
      .map((value) => [value, own.get(value) ?? AS_THE_CONNECTOR]),
  );
};

/** What is to stand where both want it: the stricter action, the higher severity. */
export const treatedTogether = (
  one: Treated | undefined,
  other: Treated | undefined,
): Treated | undefined => {
  if (!one || !other) return one ?? other;
  return {
    action: stricterAction(one.action, other.action),
    severity: higherSeverity(one.severity, other.severity),
  };
};

/** A person adds a value, or says anew how it is to be treated; what is recalled for the team is refused. */
export const addValue = async (world: World, side: Side, value: string, wish: Wish): Promise<void> => {
  if (side === world.sides[0] && world.recalls.has(value)) return;
  await addLocalIndicators(side.actor, side.access, [{ value, ...wish }]);
  side.own.set(value, wish);
  side.withdrawn.delete(value);
};

/** A person withdraws what the team has. */
export const withdrawValue = async (world: World, side: Side, value: string): Promise<void> => {
  const hasIt = side.own.has(value) || (side === world.sides[0] && world.feed.live().has(value));
  if (!hasIt || side.withdrawn.has(value)) return;
  const { actor, access } = side;
  await withdrawIndicator(actor, access, { indicatorId: indicatorId("domain", value), reason: "Wrong." });
  side.own.delete(value);
  side.withdrawn.add(value);
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

/** A person puts a value on the first team's list, or takes it off; the job that screens follows. */
export const toggleAllowed = async ({ sides, allowed, allowlist }: World, value: string): Promise<void> => {
  const [{ actor, team }] = sides;
  if (allowed.delete(value)) await removeEntry(actor, allowlist, value);
  else {
    await addEntries(actor, allowlist, [{ value, comment: "Ours.", until: null }]);
    allowed.add(value);
  }
  await rescreenTeam(team.id, { signal });
};

/** A person holds back all of the first team, or lifts that. */
export const toggleHold = async ({ sides, hold }: World): Promise<void> => {
  const [{ actor, access, team }] = sides;
  if (hold.id === null)
    hold.id = (await withhold(actor, access, { target: { scope: "team" }, reason: "All of it." })).id;
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
