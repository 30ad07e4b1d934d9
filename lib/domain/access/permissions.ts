/** What a role may be allowed to do; also the scopes of API tokens. `admin.*` belong to administrators alone. */
export const PERMISSIONS = [
  "team.read",
  "team.write",
  "feed.read",
  "feed.write",
  "indicator.read",
  "indicator.write",
  "indicator.approve",
  "allowlist.read",
  "allowlist.write",
  "connector.read",
  "connector.write",
  "push.read",
  "push.apply",
  "recall.write",
  "audit.read",
  "token.write",
  "admin.teams",
  "admin.users",
  "admin.audit",
  "admin.system",
] as const;
export type Permission = (typeof PERMISSIONS)[number];
export type AdminPermission = Extract<Permission, `admin.${string}`>;
export type TeamPermission = Exclude<Permission, AdminPermission>;

export const ROLES = ["owner", "analyst", "viewer"] as const;
export type Role = (typeof ROLES)[number];

const VIEWER = [
  "team.read",
  "feed.read",
  "indicator.read",
  "allowlist.read",
  "connector.read",
  "push.read",
  "audit.read",
  "token.write",
] as const satisfies readonly TeamPermission[];
const ANALYST = [
  ...VIEWER,
  "feed.write",
  "indicator.write",
  "indicator.approve",
  "allowlist.write",
  "push.apply",
] as const satisfies readonly TeamPermission[];
const OWNER = [
  ...ANALYST,
  "team.write",
  "connector.write",
  "recall.write",
] as const satisfies readonly TeamPermission[];

const GRANTS: Record<Role, readonly TeamPermission[]> = { viewer: VIEWER, analyst: ANALYST, owner: OWNER };

/** Whether a role grants a permission inside its team. */
export const roleGrants = (role: Role, permission: Permission): boolean =>
  GRANTS[role].some((grant) => grant === permission);

/** Whether a permission belongs to administrators alone, whatever the role in a team. */
export const isAdminPermission = (permission: Permission): permission is AdminPermission =>
  permission.startsWith("admin.");

/** `*` is all that the token's user may do. */
export const scopeCovers = (scopes: readonly string[], permission: Permission): boolean =>
  scopes.includes("*") || scopes.includes(permission);
