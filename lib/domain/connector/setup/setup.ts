import { STATISTICS_PERMISSIONS } from "../../delivery/prevalence";
import type { Cloud, ConnectorKind } from "../kinds";

/** How an application can prove itself: a certificate, which works everywhere, what is nothing to keep, and a secret last. */
export const SETUP_PROOFS = ["certificate", "managed-identity", "workload-identity", "secret"] as const;
export type SetupProof = (typeof SETUP_PROOFS)[number];

export const SETUP_PROOF_LABELS: Readonly<Record<SetupProof, string>> = {
  certificate: "A certificate",
  secret: "A client secret",
  "managed-identity": "Managed identity of the server",
  "workload-identity": "Workload identity (federated token)",
};

/** Whether it is something to keep, which ends one day. */
export const hasEnd = (proof: SetupProof): boolean => proof === "certificate" || proof === "secret";

/** What the scripts are filled in with. Blank names become words in capitals that a person replaces. */
export type Setup = {
  kind: ConnectorKind;
  cloud: Cloud;
  /** The application's name, which Defender's portal shows as "Created by"; the identity's where Azure made one already. */
  applicationName: string;
  tenantId: string;
  subscriptionId: string;
  resourceGroup: string;
  workspaceName: string;
  proof: SetupProof;
  /** Whether it may read until when its own secret holds. */
  readsOwnEnd: boolean;
  /** Whether it may ask Defender on how many devices a value was seen. */
  readsPrevalence: boolean;
};

/** What Defender's own service is asked for, the necessary one first. */
export const defenderPermissions = ({ readsPrevalence }: Pick<Setup, "readsPrevalence">): string[] => [
  "Ti.ReadWrite",
  ...(readsPrevalence ? Object.values(STATISTICS_PERMISSIONS) : []),
];

/** What a connector needs granted: exactly this, and by whom. */
export type Grant = { what: string; of: string; why: string; by: string };

/** The rights that the chosen product asks for, the necessary one first. */
export const grantsOf = ({
  kind,
  readsOwnEnd,
  readsPrevalence,
}: Pick<Setup, "kind" | "readsOwnEnd" | "readsPrevalence">): Grant[] => [
  kind === "defender"
    ? {
        what: "Ti.ReadWrite",
        of: "WindowsDefenderATP, application permission",
        why: "To write indicators, and to read and remove those that this application wrote.",
        by: "A Privileged Role Administrator or Global Administrator grants admin consent.",
      }
    : {
        what: "Microsoft Sentinel Contributor",
        of: "the Log Analytics workspace, Azure role",
        why: "To upload indicators and to read them back.",
        by: "An Owner or User Access Administrator of the workspace assigns the role; it takes some minutes to spread.",
      },
  ...(kind === "defender" && readsPrevalence
    ? [
        {
          what: Object.values(STATISTICS_PERMISSIONS).join(", "),
          of: "WindowsDefenderATP, application permissions",
          why: "To ask on how many devices a value was seen. A limit of devices before something is blocked needs them.",
          by: "A Privileged Role Administrator or Global Administrator grants admin consent.",
        },
      ]
    : []),
  ...(readsOwnEnd
    ? [
        {
          what: "Application.Read.All",
          of: "Microsoft Graph, application permission",
          why: "To read until when the client secret holds. Not needed with a certificate.",
          by: "A Privileged Role Administrator or Global Administrator grants admin consent.",
        },
      ]
    : []),
];

/** A name as it stands in a script: what was given, else a word to replace. */
export const orWord = (given: string, word: string): string => (given.trim() === "" ? word : given.trim());

/** The name that Azure's tools know a cloud by; null for the public one, which they start with. */
export const toolCloudOf = (cloud: Cloud): { az: string; graph: string; azure: string } | null => {
  if (cloud === "gcc-high") return { az: "AzureUSGovernment", graph: "USGov", azure: "AzureUSGovernment" };
  return cloud === "china" ? { az: "AzureChinaCloud", graph: "China", azure: "AzureChinaCloud" } : null;
};

/** A filter of Microsoft Graph for what has that name; a quote in it is doubled. */
export const named = (name: string): string => `displayName eq '${name.replaceAll("'", "''")}'`;
