import { z } from "zod";

/** A tenant as people know it: by the name that an administrator gave it, if one did. */
export type Tenant = { tenantId: string; tenantName: string | null };

/** What people are to call a tenant; null: it has no name. */
export const tenantNameSchema = z
  .string()
  .trim()
  .min(1, "Give the tenant a name, or leave it empty.")
  .max(120, "Use at most 120 characters.")
  .nullable();

/** A tenant in a sentence: its name, else as much of its id as tells it from another. */
export const tenantWords = ({ tenantId, tenantName }: Tenant): string =>
  tenantName ?? `${tenantId.slice(0, 8)}…${tenantId.slice(-4)}`;
