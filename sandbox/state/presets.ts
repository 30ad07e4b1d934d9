import { type Application, type Tenant } from "./directory";

const CONTOSO_SOC = "5e900001-0a0a-4b0b-8c0c-000000000001";
const CONTOSO_LAB = "5e900002-0a0a-4b0b-8c0c-000000000002";
const FABRIKAM_SOC = "5e900003-0a0a-4b0b-8c0c-000000000003";

/** The auth key of the MISP server below `/feeds/misp-server/`. */
export const MISP_AUTH_KEY = "SluiceSandboxMispKey0123456789abcdefghij";

/** User name and password of `/feeds/faults/basic-auth`. */
export const BASIC_AUTH = { username: "feed-reader", password: "sandbox-feed-password" };

const application = (
  number: number,
  displayName: string,
  options: Partial<Pick<Application, "roles" | "sentinelContributorOn" | "note">> & {
    secretExpiresAt?: string;
  },
): Application => {
  const suffix = String(number).padStart(12, "0");
  return {
    clientId: `a0000001-1a1a-4b2b-8c3c-${suffix}`,
    objectId: `0b000001-1a1a-4b2b-8c3c-${suffix}`,
    displayName,
    secrets: [{ value: `sandbox~secret~of~${displayName}`, expiresAt: options.secretExpiresAt ?? null }],
    certificates: [],
    roles: options.roles ?? [],
    sentinelContributorOn: options.sentinelContributorOn ?? [],
    deviceGroups: null,
    note: options.note ?? "",
  };
};

/** The tenants, applications and workspaces that every sandbox starts with. */
export const presetTenants = (): Tenant[] => [
  {
    tenantId: "7e000001-0a1b-4c2d-8e3f-000000000001",
    displayName: "Contoso",
    domain: "contoso.onmicrosoft.com",
    deviceGroups: [
      { id: 10, name: "Servers" },
      { id: 11, name: "Workstations" },
    ],
    applications: [
      application(1, "TPI_TeamA", {
        roles: ["Ti.ReadWrite"],
        sentinelContributorOn: [CONTOSO_SOC],
        note: "Team A: pushes to Defender and to contoso-soc.",
      }),
      application(2, "TPI_TeamB", {
        roles: ["Ti.ReadWrite"],
        sentinelContributorOn: [CONTOSO_SOC],
        note: "Team B: the same tenant and workspace, an application of its own.",
      }),
      application(3, "TPI_Reader", {
        roles: ["Ti.ReadWrite.All", "Score.Read.All"],
        note: "Sees every indicator of the tenant, and may change them; no Sentinel role.",
      }),
      application(4, "TPI_NoConsent", { note: "Permissions were never granted: tokens carry no roles." }),
      application(5, "TPI_ExpiredSecret", {
        roles: ["Ti.ReadWrite"],
        sentinelContributorOn: [CONTOSO_SOC],
        secretExpiresAt: "2026-01-31T00:00:00Z",
        note: "Its client secret ran out on 31 January 2026.",
      }),
    ],
    workspaces: [
      {
        workspaceId: CONTOSO_SOC,
        name: "contoso-soc",
        subscriptionId: "5b000001-0d0d-4e0e-8f0f-000000000001",
        resourceGroup: "rg-security",
      },
      {
        workspaceId: CONTOSO_LAB,
        name: "contoso-lab",
        subscriptionId: "5b000001-0d0d-4e0e-8f0f-000000000001",
        resourceGroup: "rg-lab",
      },
    ],
  },
  {
    tenantId: "7e000002-0a1b-4c2d-8e3f-000000000002",
    displayName: "Fabrikam",
    domain: "fabrikam.onmicrosoft.com",
    deviceGroups: [],
    applications: [
      application(6, "TPI_Fabrikam", {
        roles: ["Ti.ReadWrite"],
        sentinelContributorOn: [FABRIKAM_SOC],
        note: "The one application of a second tenant.",
      }),
      application(7, "TPI_Auditor", { roles: ["Ti.Read.All"], note: "Sees every indicator, changes none." }),
    ],
    workspaces: [
      {
        workspaceId: FABRIKAM_SOC,
        name: "fabrikam-soc",
        subscriptionId: "5b000002-0d0d-4e0e-8f0f-000000000002",
        resourceGroup: "rg-fabrikam",
      },
    ],
  },
];
