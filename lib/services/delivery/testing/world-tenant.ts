import { randomUUID } from "node:crypto";

import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { AppError } from "@/lib/domain/errors";
import { updateBudget } from "@/lib/services/budget/update-budget";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { decideStrangers } from "@/lib/services/reconcile/decide-strangers";
import { getStrangerRemoval } from "@/lib/services/reconcile/list-strangers";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { refreshRecords } from "@/lib/services/reconcile/refresh-records";
import { removeStrangers } from "@/lib/services/reconcile/remove-strangers";
import { startStrangerRemoval } from "@/lib/services/reconcile/start-stranger-removal";

import { CONTOSO } from "./desk";
import type { lookAt } from "./remote";
import { desiredOf, sideOf, treatedTogether, type Side, type Treated, type World } from "./world";

// What happens around the tenant that two teams share: its places, its device groups, and what nobody here knows of.

type Remote = ReturnType<typeof lookAt>;

/** Of all that Contoso's Defender holds, whoever put it there: more than the world wants, and little enough to be filled. */
export const PLACES = 24;
const GROUP = "Servers";

/** A person has the first connector send what its team's feed says to one device group alone, or everywhere again. */
export const toggleRule = async (world: World): Promise<void> => {
  const [{ actor }] = world.sides;
  const when = { feeds: [world.feed.id] };
  const rules = world.rule.isOn ? [] : rulesSchema.parse([{ when, deviceGroups: [GROUP] }]);
  await updateConnector(actor, world.connectors[0], { rules });
  world.rule.isOn = !world.rule.isOn;
};

/** Under which device groups a connector sends a value. */
export const groupsFor = (
  { connectors, rule, feed }: World,
  connector: ConnectorView,
  value: string,
): string[] => (connector === connectors[0] && rule.isOn && feed.live().has(value) ? [GROUP] : []);

/** What is to stand at Defender: by value and device groups, and whose it is. */
export const recordsAtDefender = (world: World) => {
  const records = new Map<string, { value: string; groups: string[]; treated: Treated; sides: Set<Side> }>();
  for (const connector of world.connectors) {
    if (connector.kind !== "defender") continue;
    const side = sideOf(world, connector);
    for (const [value, treated] of desiredOf(world, side === world.sides[1] ? 1 : 0)) {
      const groups = groupsFor(world, connector, value);
      const key = `${value} ${groups.join()}`;
      const known = records.get(key);
      const together = treatedTogether(known?.treated, treated) ?? treated;
      const sides = (known?.sides ?? new Set<Side>()).add(side);
      records.set(key, { value, groups, treated: together, sides });
    }
  }
  return [...records.values()];
};

/** An administrator gives a team no more than so many of the tenant's places, or as many as it wants again. */
export const toggleCeiling = async (world: World, side: Side, places: number): Promise<void> => {
  const share = world.ceilings.delete(side) ? null : { floor: 0, ceiling: places };
  if (share !== null) world.ceilings.add(side);
  const [{ destinationId }] = world.connectors;
  await updateBudget(world.administrator, destinationId, { teams: { [side.team.id]: share } });
};

const SOON_MS = 90_000;

/** Others fill the tenant, with what ends by itself soon. */
export const fill = async (remote: Remote): Promise<void> => {
  const { length } = await remote.defender();
  const expirationTime = new Date((await remote.now()).getTime() + SOON_MS).toISOString();
  const foreign = Math.max(0, PLACES - length);
  await remote.control("POST", "seed", { tenantId: CONTOSO, foreign, expirationTime });
};

/** Somebody makes a record with a connector's application that nobody here knows of. */
export const stray = async (
  remote: Remote,
  { strays }: World,
  { clientId }: ConnectorView,
): Promise<void> => {
  const indicatorValue = `${randomUUID()}.example.org`;
  const words = { title: "By hand", description: "Seen on Monday" };
  const record = { indicatorType: "DomainName", action: "Audit", severity: "Low", createdBy: clientId };
  await remote.control("POST", "seed", {
    tenantId: CONTOSO,
    records: [{ indicatorValue, ...record, ...words }],
  });
  strays.add(indicatorValue);
};

/** A worker compares what stands with what should. */
export const compareOnce = ({ id }: ConnectorView, withinMs: number): Promise<void> =>
  asOneTry(withinMs, (signal) => reconcileConnector(id, { signal }));

/** A person has all removed that the last comparison showed and nobody here knows of. */
export const removeUnknown = async (
  world: World,
  connector: ConnectorView,
  withinMs: number,
): Promise<void> => {
  const { actor, access } = sideOf(world, connector);
  await decideStrangers(actor, access, connector.id, { choice: "remove", remoteIds: null });
  await startStrangerRemoval(actor, connector, (await getStrangerRemoval(connector)).hash);
  await asOneTry(withinMs, (signal) => removeStrangers(connector.id, { signal }));
};

/** A worker sends once more what a comparison found that Sentinel has not published again for long. */
export const refreshOnce = ({ id }: ConnectorView, withinMs: number): Promise<void> =>
  asOneTry(withinMs, (signal) => refreshRecords(id, { signal }));

/** A worker's try: what stands in its way, it comes back to; what it waits for too long, it is told to leave. */
const asOneTry = async (withinMs: number, run: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
  const signal = AbortSignal.timeout(withinMs);
  await run(signal).catch((error: unknown) => {
    if (!signal.aborted && !(error instanceof AppError)) throw error;
  });
};
