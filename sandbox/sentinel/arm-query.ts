import { z } from "zod";

import { type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { type World } from "../world";

import { admitArm, PREVIEW_VERSIONS, readArmBody, type ArmTarget } from "./arm-access";
import { stixItem } from "./arm-items";
import { conditionSchema, fieldOf, meets, type Condition } from "./conditions";
import { refuse } from "./errors";
import { nextLinkOf, pageOf, skipOf } from "./paging";
import { isActive, type StixRow } from "./stix-row";
import { queryable } from "./visible";

const VALIDITY_FIELDS = ["validuntil", "valid_until", "revoked", "validfrom", "valid_from"];

const querySchema = z.object({
  condition: conditionSchema.optional(),
  sortBy: z.object({ field: z.string(), direction: z.enum(["ASC", "DESC"]).default("ASC") }).optional(),
  minPageSize: z.number().int().min(1).max(1000).optional(),
  maxPageSize: z.number().int().min(1).max(1000).optional(),
});

/** `POST /main/query`: objects of any STIX type, by condition, sorted and paged. */
export const queryObjects = async (call: Call, world: World): Promise<Reply> => {
  const target = await admitArm(call, world, PREVIEW_VERSIONS);
  const query = parse(querySchema, readArmBody(call));
  const found = select(world, target, query.condition);
  const { sortBy } = query;
  if (sortBy !== undefined) {
    const sign = sortBy.direction === "ASC" ? 1 : -1;
    const keyOf = (row: StixRow): string => JSON.stringify(fieldOf(row, sortBy.field) ?? "");
    found.sort(
      (left, right) => sign * (keyOf(left) < keyOf(right) ? -1 : keyOf(left) > keyOf(right) ? 1 : 0),
    );
  }
  const size = query.maxPageSize ?? query.minPageSize ?? 100;
  const page = pageOf(found, skipOf(call.query.get("$skipToken")), size);
  return json(200, {
    value: page.value.map((row) => stixItem(row, target.workspace, world.state.switches)),
    ...nextLinkOf(call, page.nextSkip),
  });
};

/** `POST /main/count`: how many objects meet the condition. */
export const countObjects = async (call: Call, world: World): Promise<Reply> => {
  const target = await admitArm(call, world, PREVIEW_VERSIONS);
  const { condition } = parse(z.object({ condition: conditionSchema.optional() }), readArmBody(call));
  return json(200, { count: select(world, target, condition).length });
};

/** Parses a management body; throws 400 with the first complaint. */
export const parse = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw refuse(
    400,
    "BadRequest",
    `Invalid request body: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
  );
};

/** What is no longer active shows only to a query that asks about validity (a switch shows it always). */
const select = (world: World, target: ArmTarget, condition: Condition | undefined): StixRow[] => {
  const asksValidity =
    condition?.clauses.some((clause) => VALIDITY_FIELDS.includes(clause.field.toLowerCase())) === true;
  const showsInactive = asksValidity || world.state.switches.sentinelQueryInactive === "show";
  const unsaid = world.state.switches.sentinelClauseConnective;
  return queryable(world, target.workspace.workspaceId)
    .filter((row) => showsInactive || isActive(row, world.now()))
    .filter((row) => condition === undefined || meets(row, condition, { now: world.now(), unsaid }));
};
