import { z } from "zod";

import { blankAsUndefined, listOf } from "@/lib/actions/fields";

/** A form holds text; the connector's own schema judges what it means. */
const number = z.coerce.number();

/** Ticked boxes; none ticked means "all". */
const noneAsAll = () => listOf(z.string()).transform((chosen) => (chosen.length === 0 ? null : chosen));

const limit = z.preprocess((value) => (value === "" ? null : value), number.nullable().default(null));

/** Fields of limits by the name of the group; all blank: there are none. */
const limitFields = <Group extends string>(group: Group) =>
  ({
    [`${group}.maxAdds`]: limit,
    [`${group}.maxRemoves`]: limit,
    [`${group}.maxRemovedPercent`]: limit,
  }) as Record<`${Group}.${"maxAdds" | "maxRemoves" | "maxRemovedPercent"}`, typeof limit>;

const policy = {
  ...limitFields("approval"),
  ...limitFields("automaticLimits"),
  action: blankAsUndefined(z.string().optional()),
  severity: blankAsUndefined(z.string().optional()),
  expiryDays: z.preprocess(
    (value) => (value === "" || value === undefined ? null : value),
    number.nullable(),
  ),
  mode: z.string(),
  minConfidence: number,
  maxTlp: z.string(),
  types: noneAsAll(),
  feeds: noneAsAll(),
};

const address = {
  tenantId: z.string(),
  clientId: z.string(),
  clientSecret: blankAsUndefined(z.string().optional()),
  workspaceId: blankAsUndefined(z.string().optional()),
  subscriptionId: blankAsUndefined(z.string().optional()),
  resourceGroup: blankAsUndefined(z.string().optional()),
  workspaceName: blankAsUndefined(z.string().optional()),
};

export const newConnectorFormSchema = z.object({
  team: z.string(),
  intent: z.enum(["save", "test"]),
  kind: z.string(),
  name: z.string(),
  cloud: z.string(),
  ...address,
  ...policy,
});

export const editConnectorFormSchema = z.object({
  team: z.string(),
  id: z.uuid(),
  name: z.string(),
  ...address,
  ...policy,
});

type Policy = z.output<ReturnType<typeof z.object<typeof policy>>>;

/** The policy part of a form as the connector's schema names it. */
export const toPolicy = ({
  action,
  severity,
  expiryDays,
  mode,
  minConfidence,
  maxTlp,
  types,
  feeds,
  ...limits
}: Policy) => ({
  ...(action !== undefined && { action }),
  ...(severity !== undefined && { severity }),
  expiryDays,
  mode,
  approval: toLimits(
    limits["approval.maxAdds"],
    limits["approval.maxRemoves"],
    limits["approval.maxRemovedPercent"],
  ),
  automaticLimits: toLimits(
    limits["automaticLimits.maxAdds"],
    limits["automaticLimits.maxRemoves"],
    limits["automaticLimits.maxRemovedPercent"],
  ),
  selection: { minConfidence, maxTlp, types, feeds },
});

const toLimits = (maxAdds: number | null, maxRemoves: number | null, maxRemovedPercent: number | null) =>
  maxAdds === null && maxRemoves === null && maxRemovedPercent === null
    ? null
    : { maxAdds, maxRemoves, maxRemovedPercent };
