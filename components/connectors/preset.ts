/** One application of the sandbox, ready to fill the form with. */
export type ConnectorPreset = {
  label: string;
  note: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  workspaceId: string;
  subscriptionId: string;
  resourceGroup: string;
  workspaceName: string;
};
