import { pathParam, type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { type World } from "../world";

import { admit, authorise, type Caller } from "./access";
import { defenderError, refuse } from "./errors";
import { parseFilter, type Predicate } from "./filter";
import { FilterError } from "./filter-tokens";
import { type Indicator } from "./indicator";
import { contextOf } from "./submit";

const OPTIONS = ["$filter", "$top", "$skip"];

/** `GET /api/indicators`: active indicators that the caller may see, by `$filter`, `$top` and `$skip`. */
export const listIndicators = async (call: Call, world: World): Promise<Reply> => {
  const caller = await admit(call, world, "list");
  const { maxTop, pageSize } = world.state.limits.defender;
  for (const name of call.query.keys()) {
    if (name.startsWith("$") && !OPTIONS.includes(name)) {
      throw odataError(`The query parameter '${name}' is not supported.`);
    }
  }
  const matches = predicateOf(call.query.get("$filter"));
  const top = wholeNumber(call, "$top");
  if (top !== null && top > maxTop) {
    throw odataError(
      `The limit of '${String(maxTop)}' for Top query has been exceeded. The value from the incoming request is '${String(top)}'.`,
    );
  }
  const skip = wholeNumber(call, "$skip") ?? 0;
  const found = visible(world, caller).filter(matches);
  const value = found.slice(skip, skip + (top ?? pageSize));
  const next = skip + value.length;
  const isCut = top === null && next < found.length && world.state.switches.defenderNextLink === "present";
  return json(200, {
    "@odata.context": contextOf(call, "Indicators"),
    value,
    ...(isCut ? { "@odata.nextLink": nextLink(call, next) } : {}),
  });
};

/** `GET /api/indicators/{id}`: 404 for what does not exist and for what the caller may not see. */
export const getIndicator = async (call: Call, world: World): Promise<Reply> => {
  const caller = await admit(call, world, "get");
  const id = pathParam(call, "id");
  const indicator = world.state.defender.find(caller.tenant.tenantId, id, world.now());
  if (indicator === null || !canSee(caller, indicator)) return notFound(id);
  return json(200, { "@odata.context": contextOf(call, "Indicators/$entity"), ...indicator });
};

/** `GET /api/exposureScore/ByMachineGroups`: the tenant's device groups; needs `Score.Read.All`. */
export const listDeviceGroups = async (call: Call, world: World): Promise<Reply> => {
  const { tenant } = await authorise(call, world, ["Score.Read.All"]);
  const value = tenant.deviceGroups.map((group) => ({
    time: world.now().toISOString(),
    score: 30,
    rbacGroupName: group.name,
    rbacGroupId: group.id,
  }));
  return json(200, { "@odata.context": contextOf(call, "ExposureScore"), value });
};

/** Whether the caller's permission shows it that record. */
const canSee = (caller: Caller, indicator: Indicator): boolean =>
  caller.seesAll || indicator.createdBy === caller.application.clientId;

/** The 404 of a record. */
export const notFound = (id: string): Reply =>
  defenderError(404, "ResourceNotFound", `Indicator ${id} was not found.`);

const visible = (world: World, caller: Caller): Indicator[] =>
  world.state.defender
    .list(caller.tenant.tenantId, world.now(), world.state.switches.defenderListDelayMs)
    .filter((indicator) => canSee(caller, indicator));

const predicateOf = (filter: string | null): Predicate => {
  if (filter === null) return () => true;
  try {
    return parseFilter(filter);
  } catch (error) {
    if (error instanceof FilterError) throw odataError(error.message);
    throw error;
  }
};

const wholeNumber = (call: Call, name: string): number | null => {
  const text = call.query.get(name);
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw odataError(`Invalid value '${text}' for ${name} query option found.`);
  return Number(text);
};

const nextLink = (call: Call, skip: number): string => {
  const query = new URLSearchParams(call.query);
  query.set("$skip", String(skip));
  return `${call.origin}${call.path}?${query.toString()}`;
};

const odataError = (message: string) => refuse(400, "ODataError", message);
