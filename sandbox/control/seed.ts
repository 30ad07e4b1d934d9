import { z } from "zod";

import { ACTIONS, SEVERITIES, type Indicator } from "../defender/indicator";
import { sevenDigits } from "../defender/upsert";
import { type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { type Tenant } from "../state/directory";
import { putSighting, sightingSchema } from "../state/sighting";
import { type World } from "../world";

import { pretty, readControl, refuse } from "./control-call";
import { getTenant } from "./directory";

const many = z.number().int().min(0).max(50_000).default(0);

const seedSchema = z.strictObject({
  /** Default: the first tenant. */
  tenantId: z.uuid().optional(),
  /** Records of another application. */
  foreign: many,
  /** Records a person made in the portal. */
  portal: many,
  /** Records of a type that no application can create. */
  webCategory: many,
  /** Capacity of this tenant; `null` returns to the common limit. */
  capacity: z.number().int().min(0).nullable().optional(),
  expirationTime: z.iso.datetime().nullable().default(null),
  records: z
    .array(
      z.strictObject({
        indicatorValue: z.string().min(1),
        indicatorType: z.string().min(1),
        action: z.enum(ACTIONS).default("Block"),
        severity: z.enum(SEVERITIES).default("Medium"),
        title: z.string().default("Seeded indicator"),
        description: z.string().default("Seeded indicator"),
        expirationTime: z.iso.datetime().nullable().default(null),
        application: z.string().nullable().default(null),
        externalId: z.string().nullable().default(null),
        rbacGroupNames: z.array(z.string()).default([]),
        /** `portal`, `foreign`, or the client id of an application of the tenant. */
        createdBy: z.string().default("foreign"),
      }),
    )
    .default([]),
  /** What somebody changes of records in the portal, whoever made them. */
  edits: z
    .array(
      z.strictObject({
        id: z.string(),
        rbacGroupNames: z.array(z.string()).optional(),
        generateAlert: z.boolean().optional(),
      }),
    )
    .default([]),
  /** What devices of the tenant saw; said anew, it replaces what was said of the value before. */
  sightings: z.array(sightingSchema.omit({ tenantId: true })).default([]),
});

type Maker = Pick<Indicator, "createdBy" | "createdByDisplayName" | "createdBySource">;

const FOREIGN: Maker = {
  createdBy: "f0e16000-1a1a-4b2b-8c3c-000000000099",
  createdByDisplayName: "Contoso SOAR",
  createdBySource: "PublicApi",
};

/** `POST /_control/seed`: records that the product did not make, the tenant's capacity, and what its devices saw. */
export const seed = (call: Call, world: World): Reply => {
  const input = readControl(call, seedSchema);
  const tenant = getTenant(world, input.tenantId ?? world.state.tenants[0]?.tenantId ?? "");
  if (input.capacity === null) world.state.capacities.delete(tenant.tenantId);
  else if (input.capacity !== undefined) world.state.capacities.set(tenant.tenantId, input.capacity);

  const ids: string[] = [];
  const add = (maker: Maker, fields: Partial<Indicator> & Pick<Indicator, "indicatorType">): void => {
    const id = world.state.defender.nextId();
    world.state.defender.put(tenant.tenantId, { ...blank(id, world.now()), ...maker, ...fields });
    ids.push(id);
  };
  const { expirationTime } = input;
  for (let index = 0; index < input.foreign; index += 1)
    add(FOREIGN, { indicatorType: "DomainName", expirationTime });
  for (let index = 0; index < input.portal; index += 1) {
    add(portalUser(tenant), {
      indicatorType: "DomainName",
      action: "Audit",
      generateAlert: true,
      expirationTime,
    });
  }
  for (let index = 0; index < input.webCategory; index += 1) {
    add(portalUser(tenant), {
      indicatorType: "WebCategory",
      indicatorValue: `Category ${String(index + 1)}`,
    });
  }
  for (const { createdBy, ...record } of input.records) add(makerOf(tenant, createdBy), record);
  for (const { id, ...edit } of input.edits) {
    const found = world.state.defender.find(tenant.tenantId, id, world.now());
    if (found === null) throw refuse(404, `There is no indicator ${id}.`);
    world.state.defender.put(tenant.tenantId, {
      ...found,
      rbacGroupNames: edit.rbacGroupNames ?? found.rbacGroupNames,
      generateAlert: edit.generateAlert ?? found.generateAlert,
      lastUpdateTime: sevenDigits(world.now(), id),
      lastUpdatedBy: portalUser(tenant).createdBy,
    });
  }
  for (const sighting of input.sightings)
    putSighting(world.state.sightings, { ...sighting, tenantId: tenant.tenantId });
  world.changed();
  return pretty({
    ids,
    count: world.state.defender.count(tenant.tenantId, world.now()),
    capacity: world.state.capacities.get(tenant.tenantId) ?? world.state.limits.defender.capacity,
  });
};

const portalUser = (tenant: Tenant): Maker => ({
  createdBy: `adele.vance@${tenant.domain}`,
  createdByDisplayName: "Adele Vance",
  createdBySource: "Portal",
});

const makerOf = (tenant: Tenant, createdBy: string): Maker => {
  if (createdBy === "portal") return portalUser(tenant);
  const application = tenant.applications.find(({ clientId }) => clientId === createdBy.toLowerCase());
  if (application === undefined) return FOREIGN;
  return {
    createdBy: application.clientId,
    createdByDisplayName: application.displayName,
    createdBySource: "PublicApi",
  };
};

const blank = (id: string, now: Date): Indicator => ({
  id,
  indicatorValue: `seeded-${id}.example-sluice-demo.com`,
  indicatorType: "DomainName",
  action: "Block",
  ...FOREIGN,
  severity: "Medium",
  category: 1,
  application: null,
  educateUrl: null,
  bypassDurationHours: null,
  title: `Seeded indicator ${id}`,
  description: "Seeded by the sandbox",
  recommendedActions: null,
  creationTimeDateTimeUtc: sevenDigits(now, id),
  expirationTime: null,
  lastUpdateTime: sevenDigits(now, id),
  lastUpdatedBy: null,
  rbacGroupNames: [],
  rbacGroupIds: [],
  notificationId: null,
  notificationBody: null,
  version: null,
  mitreTechniques: [],
  historicalDetection: false,
  lookBackPeriod: null,
  generateAlert: false,
  additionalInfo: null,
  externalId: null,
  certificateInfo: null,
});
