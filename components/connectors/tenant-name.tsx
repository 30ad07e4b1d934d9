import { tenantWords, type Tenant } from "@/lib/domain/connector/tenant";

/** A tenant by its name with its id below; without a name, by its id alone. */
export const TenantName = (tenant: Tenant) =>
  tenant.tenantName === null ? (
    <code className="text-xs" title={tenant.tenantId}>
      {tenantWords(tenant)}
    </code>
  ) : (
    <>
      {tenant.tenantName}
      <code className="text-muted block text-xs wrap-anywhere">{tenant.tenantId}</code>
    </>
  );
