/** The services a token can be for. */
export type Resource = "defender" | "management" | "graph" | "logs";

const AUDIENCES: Record<string, Resource> = {
  "https://api.securitycenter.microsoft.com": "defender",
  "https://securitycenter.onmicrosoft.com/windowsatpservice": "defender",
  "fc780465-2017-40d4-a0c5-307022471b92": "defender",
  "https://management.azure.com": "management",
  "https://management.core.windows.net": "management",
  "https://graph.microsoft.com": "graph",
  "00000003-0000-0000-c000-000000000000": "graph",
  "https://api.loganalytics.io": "logs",
  "https://api.loganalytics.azure.com": "logs",
};

/** Which service an audience or resource identifier (with or without a slash at its end) names; null for any other. */
export const resourceOf = (audience: string): Resource | null =>
  AUDIENCES[audience.toLowerCase().replace(/\/$/, "")] ?? null;

/** Those of an application's permissions that a token for the service carries. */
export const rolesFor = (roles: readonly string[], resource: Resource | null): string[] => {
  if (resource === "graph") return roles.filter((role) => GRAPH_ROLE.test(role));
  return resource === "defender" ? roles.filter((role) => !GRAPH_ROLE.test(role)) : [];
};

const GRAPH_ROLE = /^(?:Application|Directory)\./;
