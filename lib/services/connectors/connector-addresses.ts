import "server-only";

import { addressesOf } from "@/lib/connectors/clouds";
import type { CloudOverrides } from "@/lib/domain/connector/cloud-addresses";
import type { Cloud, ConnectorKind } from "@/lib/domain/connector/kinds";

export type ConnectorAddress = {
  service: "signIn" | "defender" | "sentinelUpload" | "azureManagement" | "graph" | "logs";
  /** Null: none is known, so that it is not used. */
  url: string | null;
  /** An administrator set it in place of Microsoft's. */
  isOverridden: boolean;
};

const SERVICES = {
  defender: ["signIn", "defender", "graph"],
  sentinel: ["signIn", "sentinelUpload", "azureManagement", "graph", "logs"],
} as const satisfies Record<ConnectorKind, readonly ConnectorAddress["service"][]>;

/** Where a connector's secret and its tokens go; none for the sandbox, which is this machine. */
export const toConnectorAddresses = (
  { kind, cloud }: { kind: ConnectorKind; cloud: Cloud },
  overrides: CloudOverrides,
): ConnectorAddress[] => {
  if (cloud === "sandbox") return [];
  const addresses = addressesOf({ cloud, sandboxOrigin: null, overrides });
  return SERVICES[kind].map((service) => ({
    service,
    url: addresses[service],
    isOverridden: overrides[cloud]?.[service] !== undefined,
  }));
};
