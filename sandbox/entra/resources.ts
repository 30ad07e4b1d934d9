/** The two services a token can be for. */
export type Resource = "defender" | "management";

const AUDIENCES: Record<string, Resource> = {
  "https://api.securitycenter.microsoft.com": "defender",
  "https://securitycenter.onmicrosoft.com/windowsatpservice": "defender",
  "fc780465-2017-40d4-a0c5-307022471b92": "defender",
  "https://management.azure.com": "management",
  "https://management.core.windows.net": "management",
};

/** Which service an audience or resource identifier (with or without a slash at its end) names; null for any other. */
export const resourceOf = (audience: string): Resource | null =>
  AUDIENCES[audience.toLowerCase().replace(/\/$/, "")] ?? null;
