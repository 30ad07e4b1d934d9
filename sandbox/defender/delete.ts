import { pathParam, type Call } from "../http/call";
import { empty, type Reply } from "../http/reply";
import { type World } from "../world";

import { admit, type Caller } from "./access";
import { defenderError, refuse } from "./errors";
import { type Indicator } from "./indicator";
import { notFound } from "./read";
import { parseBody, readList } from "./submit";

type Standing = "deletable" | "unknown" | "foreign" | "other-device-groups";

/** `DELETE /api/indicators/{id}`: 204; 404 for an unknown id, and for another's record (a switch makes that 403). */
export const deleteIndicator = async (call: Call, world: World): Promise<Reply> => {
  const caller = await admit(call, world, "delete");
  const id = pathParam(call, "id");
  const standing = standingOf(world, caller, id);
  if (standing !== "deletable") return refusalOf(world, id, standing);
  if (world.state.switches.defenderDelete === "lies") return empty(204);
  world.state.defender.remove(caller.tenant.tenantId, id, world.now());
  world.changed();
  return empty(204);
};

/** `POST /api/indicators/BatchDelete`: 204, or nothing deleted and 400, 403 or 404 (a switch deletes what was found). */
export const deleteBatch = async (call: Call, world: World): Promise<Reply> => {
  const caller = await admit(call, world, "batchDelete");
  const ids = readIds(call, world);
  const standings = new Map(ids.map((id) => [id, standingOf(world, caller, id)]));
  const offender = ids.find((id) => standings.get(id) !== "deletable");
  if (offender === undefined && world.state.switches.defenderDelete !== "removes") return empty(204);
  if (offender === undefined || world.state.switches.defenderBatchDelete === "partial") {
    for (const [id, standing] of standings) {
      if (standing === "deletable") world.state.defender.remove(caller.tenant.tenantId, id, world.now());
    }
    world.changed();
  }
  if (offender === undefined) return empty(204);
  return refusalOf(world, offender, standings.get(offender) ?? "unknown");
};

const readIds = (call: Call, world: World): string[] => {
  const items = readList(parseBody(call), "IndicatorIds");
  const { batchSize } = world.state.limits.defender;
  if (items.length === 0) throw refuse(400, "InvalidInput", "The list of indicator ids is empty.");
  if (items.length > batchSize) {
    throw refuse(
      400,
      "MaximumBatchSizeExceeded",
      `Maximum batch size exceeded: received ${String(items.length)}, allowed ${String(batchSize)}.`,
    );
  }
  return items.map((item) => {
    if (typeof item === "string" && /^\d{1,18}$/.test(item)) return item;
    throw refuse(400, "InvalidInput", `The indicator id ${JSON.stringify(item)} is invalid.`);
  });
};

const standingOf = (world: World, caller: Caller, id: string): Standing => {
  const indicator = world.state.defender.find(caller.tenant.tenantId, id, world.now());
  if (indicator === null) return "unknown";
  if (!caller.changesAll && indicator.createdBy !== caller.application.clientId) return "foreign";
  return isExposed(caller, indicator) ? "deletable" : "other-device-groups";
};

/** An indicator without groups covers all devices, so an application confined to some groups may not touch it. */
const isExposed = (caller: Caller, indicator: Indicator): boolean => {
  const allowed = caller.application.deviceGroups;
  if (allowed === null) return true;
  return (
    indicator.rbacGroupNames.length > 0 && indicator.rbacGroupNames.every((name) => allowed.includes(name))
  );
};

const refusalOf = (world: World, id: string, standing: Standing): Reply => {
  if (standing === "other-device-groups") {
    return defenderError(
      403,
      "Forbidden",
      `The caller is not exposed to the device groups of indicator ${id}.`,
    );
  }
  return standing === "foreign" && world.state.switches.defenderForeignDelete === "forbidden"
    ? defenderError(403, "Forbidden", `Indicator ${id} was created by another application or user.`)
    : notFound(id);
};
