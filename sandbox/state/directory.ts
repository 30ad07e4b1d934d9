import { z } from "zod";

const secretSchema = z.strictObject({ value: z.string().min(1), expiresAt: z.iso.datetime().nullable() });

const certificateSchema = z.strictObject({
  /** Lower-case hexadecimal SHA-256 and SHA-1 of the certificate's DER form. */
  thumbprintSha256: z.string(),
  thumbprintSha1: z.string(),
  publicKeyPem: z.string(),
});

export const applicationSchema = z.strictObject({
  clientId: z.uuid(),
  /** The service principal, `oid` in tokens. */
  objectId: z.uuid(),
  displayName: z.string().min(1).max(256),
  secrets: z.array(secretSchema),
  certificates: z.array(certificateSchema),
  /** Consented application permissions of WindowsDefenderATP, and of Microsoft Graph (`Application.…`, `Directory.…`). */
  roles: z.array(z.string()),
  /** Workspace ids on which the application is Microsoft Sentinel Contributor. */
  sentinelContributorOn: z.array(z.string()),
  /** Device groups the application may act on; `null` is all of them. */
  deviceGroups: z.array(z.string()).nullable(),
  note: z.string(),
});

export const workspaceSchema = z.strictObject({
  workspaceId: z.uuid(),
  name: z.string().min(1),
  subscriptionId: z.uuid(),
  resourceGroup: z.string().min(1),
});

export const tenantSchema = z.strictObject({
  tenantId: z.uuid(),
  displayName: z.string().min(1),
  domain: z.string().min(1),
  deviceGroups: z.array(z.strictObject({ id: z.number().int(), name: z.string() })),
  applications: z.array(applicationSchema),
  workspaces: z.array(workspaceSchema),
});

export type Certificate = z.infer<typeof certificateSchema>;
export type Application = z.infer<typeof applicationSchema>;
export type Workspace = z.infer<typeof workspaceSchema>;
export type Tenant = z.infer<typeof tenantSchema>;

/** The tenant of that id or domain name, or null. */
export const findTenant = (tenants: readonly Tenant[], idOrDomain: string): Tenant | null => {
  const wanted = idOrDomain.toLowerCase();
  return tenants.find((tenant) => tenant.tenantId === wanted || tenant.domain === wanted) ?? null;
};

/** The application of that client id in the tenant, or null. */
export const findApplication = (tenant: Tenant, clientId: string): Application | null =>
  tenant.applications.find((application) => application.clientId === clientId.toLowerCase()) ?? null;

/** The workspace of that id with its tenant, or null. */
export const findWorkspace = (
  tenants: readonly Tenant[],
  workspaceId: string,
): { tenant: Tenant; workspace: Workspace } | null => {
  for (const tenant of tenants) {
    const workspace = tenant.workspaces.find((one) => one.workspaceId === workspaceId.toLowerCase());
    if (workspace !== undefined) return { tenant, workspace };
  }
  return null;
};
