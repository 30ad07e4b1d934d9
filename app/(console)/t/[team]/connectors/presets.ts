import type { ConnectorPreset } from "@/components/connectors/preset";
import { listSandboxPresets } from "@/lib/services/connectors/sandbox-presets";

/** Every application of the sandbox that has a secret, with its tenant's first workspace; none where no sandbox answers. */
export const readPresets = async (): Promise<ConnectorPreset[]> => {
  const tenants = await listSandboxPresets();
  return tenants.flatMap(({ tenantId, displayName, applications, workspaces }) =>
    applications.flatMap(({ displayName: application, clientId, clientSecret, note }) => {
      if (clientSecret === null) return [];
      const [workspace] = workspaces;
      return [
        {
          label: `${application} (${displayName})`,
          note,
          tenantId,
          clientId,
          clientSecret,
          workspaceId: workspace?.workspaceId ?? "",
          subscriptionId: workspace?.subscriptionId ?? "",
          resourceGroup: workspace?.resourceGroup ?? "",
          workspaceName: workspace?.name ?? "",
        },
      ];
    }),
  );
};
