import { z } from "zod";

/** What the devices of a tenant saw of one domain, address or file. */
export const sightingSchema = z.strictObject({
  tenantId: z.uuid(),
  /** A domain, an address, or the SHA-1 or SHA-256 of a file. */
  value: z
    .string()
    .min(1)
    .transform((text) => text.toLowerCase()),
  /** How many devices. */
  devices: z.number().int().min(0),
  firstSeen: z.iso.datetime().nullable().default(null),
  lastSeen: z.iso.datetime().nullable().default(null),
  /** Files: devices everywhere, and how the file is called. */
  globalDevices: z.number().int().min(0).nullable().default(null),
  fileNames: z.array(z.string()).default([]),
});

export type Sighting = z.infer<typeof sightingSchema>;

const isOf = (tenantId: string, value: string) => (one: Sighting) =>
  one.tenantId === tenantId && one.value === value.toLowerCase();

/** Notes what was seen in place of what was known of the value. */
export const putSighting = (sightings: Sighting[], sighting: Sighting): void => {
  const known = sightings.findIndex(isOf(sighting.tenantId, sighting.value));
  if (known === -1) sightings.push(sighting);
  else sightings[known] = sighting;
};

/** What was seen of a value in a tenant, or null. */
export const findSighting = (
  sightings: readonly Sighting[],
  tenantId: string,
  value: string,
): Sighting | null => sightings.find(isOf(tenantId, value)) ?? null;
