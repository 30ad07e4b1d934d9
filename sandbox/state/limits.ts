import { z } from "zod";

const count = z.number().int().min(1);
/** `null` lifts a limit. */
const rate = z.strictObject({ perMinute: count.nullable(), perHour: count.nullable() });

/** The vendors' limits. The defaults are the published ones. */
export const limitsSchema = z.strictObject({
  entra: z.strictObject({ tokenSeconds: z.number().int().min(1).max(86_400) }),
  defender: z.strictObject({
    /** Active indicators a tenant may hold, whoever made them; `POST /_control/seed` can override it per tenant. */
    capacity: z.number().int().min(0),
    batchSize: count,
    maxTop: count,
    /** How many records a list without `$top` holds; not documented by Microsoft. */
    pageSize: count,
    import: rate,
    submit: rate,
    list: rate,
    get: rate,
    delete: rate,
    batchDelete: rate,
    /** Of the statistics of domains, addresses and files together. */
    statistics: rate,
  }),
  sentinel: z.strictObject({ objectsPerRequest: count, upload: rate }),
});

export type Limits = z.infer<typeof limitsSchema>;
export type Rate = z.infer<typeof rate>;

export const PUBLISHED_LIMITS: Limits = {
  entra: { tokenSeconds: 3599 },
  defender: {
    capacity: 15_000,
    batchSize: 500,
    maxTop: 10_000,
    pageSize: 10_000,
    import: { perMinute: 30, perHour: null },
    submit: { perMinute: 100, perHour: 1500 },
    list: { perMinute: 100, perHour: 1500 },
    get: { perMinute: 100, perHour: null },
    delete: { perMinute: 100, perHour: 1500 },
    batchDelete: { perMinute: 30, perHour: 1500 },
    statistics: { perMinute: 100, perHour: 1500 },
  },
  sentinel: { objectsPerRequest: 100, upload: { perMinute: 100, perHour: null } },
};
