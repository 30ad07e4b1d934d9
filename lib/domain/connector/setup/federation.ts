/** What an application trusts in place of something to keep: the token of a cluster's service account. Words to replace. */
export const FEDERATED = {
  name: "sluice",
  issuer: "OIDC-ISSUER-URL",
  subject: "system:serviceaccount:NAMESPACE:SERVICE-ACCOUNT",
  audiences: ["api://AzureADTokenExchange"],
} as const;

/** How to find them, as a script's comment. */
export const FEDERATION = [
  "# AKS tells its issuer with: az aks show -g GROUP -n CLUSTER --query oidcIssuerProfile.issuerUrl -o tsv",
  "# The audience is that of the token which the workload identity webhook mounts; this is the usual one.",
  "# Once for each service account that web and workers run under, each with another name:",
];
