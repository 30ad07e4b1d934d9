import { type JWK } from "jose";
import { z } from "zod";

import { indicatorSchema } from "../defender/indicator";
import { createIndicatorStore, type IndicatorStore } from "../defender/indicator-store";
import { stixRowSchema } from "../sentinel/stix-row";
import { createStixStore, type StixStore } from "../sentinel/stix-store";

import { tenantSchema, type Tenant } from "./directory";
import { limitsSchema, PUBLISHED_LIMITS, type Limits } from "./limits";
import { isTree, merge } from "./merge";
import { presetTenants } from "./presets";
import { sightingSchema, type Sighting } from "./sighting";
import { taxiiEntrySchema, type TaxiiEntry } from "./taxii-entry";
import { DEFAULT_SWITCHES, switchesSchema, type Switches } from "./switches";

const jwkSchema = z.record(z.string(), z.unknown());

/** A file from before a setting existed is read with that setting at its default. */
const completed = <T>(defaults: Record<string, unknown>, schema: z.ZodType<T>) =>
  z.preprocess((saved) => (isTree(saved) ? merge(defaults, saved) : saved), schema);

/** The state as it is written to a file. A file of another version is not read. */
export const savedStateSchema = z.strictObject({
  version: z.literal(1),
  tenants: z.array(tenantSchema),
  clockOffsetMs: z.number(),
  switches: completed(DEFAULT_SWITCHES, switchesSchema),
  limits: completed(PUBLISHED_LIMITS, limitsSchema),
  capacities: z.record(z.string(), z.number()),
  covid19Version: z.union([z.literal(1), z.literal(2)]),
  taxiiAdded: z.array(taxiiEntrySchema).default([]),
  mispVersion: z.union([z.literal(1), z.literal(2)]).default(1),
  sightings: z.array(sightingSchema).default([]),
  signingKey: jwkSchema,
  defender: z.strictObject({
    nextId: z.number().int(),
    records: z.array(z.strictObject({ tenantId: z.uuid(), indicator: indicatorSchema })),
  }),
  sentinel: z.strictObject({ rows: z.array(stixRowSchema), goneFromIndicatorPath: z.array(z.string()) }),
});

export type SavedState = z.infer<typeof savedStateSchema>;

/** Everything that survives a restart when a state file is given. */
export type State = {
  tenants: Tenant[];
  clockOffsetMs: number;
  switches: Switches;
  limits: Limits;
  /** Capacity of single tenants, where it differs from `limits.defender.capacity`. */
  capacities: Map<string, number>;
  covid19Version: 1 | 2;
  /** Objects that were added to TAXII collections, the last one last. */
  taxiiAdded: TaxiiEntry[];
  /** Which events the MISP feed and the MISP server hold. */
  mispVersion: 1 | 2;
  /** What devices of a tenant saw of a domain, an address or a file; the last one said of it counts. */
  sightings: Sighting[];
  signingKey: JWK;
  defender: IndicatorStore;
  sentinel: StixStore;
};

/** A sandbox in which nothing has happened yet. */
export const freshState = (signingKey: JWK): State => ({
  tenants: presetTenants(),
  clockOffsetMs: 0,
  switches: { ...DEFAULT_SWITCHES },
  limits: structuredClone(PUBLISHED_LIMITS),
  capacities: new Map(),
  covid19Version: 1,
  taxiiAdded: [],
  mispVersion: 1,
  sightings: [],
  signingKey,
  defender: createIndicatorStore({ nextId: 5001, records: [] }),
  sentinel: createStixStore({ rows: [], goneFromIndicatorPath: [] }),
});

/** The state in the form in which it is written to a file. */
export const toSaved = (state: State): SavedState => ({
  version: 1,
  tenants: state.tenants,
  clockOffsetMs: state.clockOffsetMs,
  switches: state.switches,
  limits: state.limits,
  capacities: Object.fromEntries(state.capacities),
  covid19Version: state.covid19Version,
  taxiiAdded: state.taxiiAdded,
  mispVersion: state.mispVersion,
  sightings: state.sightings,
  signingKey: { ...state.signingKey },
  defender: state.defender.save(),
  sentinel: state.sentinel.save(),
});

/** The state that a file held. */
export const fromSaved = (saved: SavedState): State => ({
  tenants: saved.tenants,
  clockOffsetMs: saved.clockOffsetMs,
  switches: saved.switches,
  limits: saved.limits,
  capacities: new Map(Object.entries(saved.capacities)),
  covid19Version: saved.covid19Version,
  taxiiAdded: saved.taxiiAdded,
  mispVersion: saved.mispVersion,
  sightings: saved.sightings,
  signingKey: saved.signingKey,
  defender: createIndicatorStore(saved.defender),
  sentinel: createStixStore(saved.sentinel),
});
