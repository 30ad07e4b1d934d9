import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { Tenant } from "@/lib/domain/connector/tenant";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { requireAdministrator } from "@/lib/services/people/privilege";

/** A tenant that some team's connector leads to, and how many do. */
export type TenantView = Tenant & { connectors: number };

/** The tenants of all teams, for administrators: those without a name first. */
export const listTenants = async (actor: Actor): Promise<TenantView[]> => {
  requireAdministrator(actor, "admin.system");
  return asSystem("administration", (tx) => read(tx, null));
};

/** Says what people call a tenant, at every destination of it; null takes the name away. Throws `not_found` for one nobody uses. */
export const nameTenant = async (
  actor: Actor,
  tenantId: string,
  tenantName: string | null,
): Promise<TenantView> => {
  requireAdministrator(actor, "admin.system");
  return asSystem("administration", async (tx) => {
    const [before] = await read(tx, tenantId);
    if (!before) throw new AppError("not_found", "No connector leads to such a tenant.");
    const after = { ...before, tenantName };
    if (before.tenantName === tenantName) return after;
    await tx.destination.updateMany({ where: { tenantId }, data: { tenantName } });
    const subject = { type: "tenant", id: tenantId };
    const detail = { tenantId, before: before.tenantName, after: tenantName };
    await recordAudit(tx, { teamId: null, doer: asDoer(actor), action: "tenant.name", subject, detail });
    return after;
  });
};

/** What a tenant is called already, for a destination that is new there. */
export const readTenantName = async (tx: Tx, tenantId: string): Promise<string | null> => {
  const named = await tx.destination.findFirst({
    where: { tenantId, tenantName: { not: null } },
    select: { tenantName: true },
  });
  return named?.tenantName ?? null;
};

const read = (tx: Tx, tenantId: string | null): Promise<TenantView[]> =>
  tx.$queryRaw<TenantView[]>`
    SELECT d.tenant_id::text AS "tenantId", max(d.tenant_name) AS "tenantName", count(c.id)::int AS connectors
    FROM destination d JOIN connector c ON c.destination_id = d.id AND c.deleted_at IS NULL
    WHERE ${tenantId}::uuid IS NULL OR d.tenant_id = ${tenantId}::uuid
    GROUP BY d.tenant_id ORDER BY max(d.tenant_name) COLLATE "C" NULLS FIRST, d.tenant_id`;
