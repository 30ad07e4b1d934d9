import { orWord, toolCloudOf, type Setup } from "./setup";

/** A script for Azure's command line that makes the app registration, grants what is needed and prints what the form asks for. */
export const azScript = (setup: Setup): string =>
  [
    ...signIn(setup),
    `APP_ID=$(az ad app create --display-name ${quote(setup.applicationName)} --sign-in-audience AzureADMyOrg --query appId -o tsv)`,
    `SP_ID=$(az ad sp create --id "$APP_ID" --query id -o tsv)`,
    ...(setup.kind === "defender"
      ? grantPermission("WindowsDefenderATP", "Ti.ReadWrite")
      : assignRole(setup)),
    ...(setup.readsOwnEnd ? grantPermission("Microsoft Graph", "Application.Read.All") : []),
    ...(setup.kind === "defender" ? PAUSE : []),
    ...(setup.kind === "defender" || setup.readsOwnEnd ? CONSENT : []),
    ...proof(setup),
    `echo "Application id: $APP_ID"`,
    `echo "Tenant id: $(az account show --query tenantId -o tsv)"`,
  ].join("\n");

/** Consent and roles for an application that is not known everywhere yet are refused, or given to nobody. */
const PAUSE = [
  "# A new application is not known everywhere at once. Wait, and try for some minutes:",
  "sleep 30",
  'again() { for TRY in $(seq 12); do "$@" && return; sleep 15; done; return 1; }',
];

const CONSENT = [
  "# Whoever runs this line must be allowed to grant admin consent:",
  'again az ad app permission admin-consent --id "$APP_ID"',
];

const signIn = ({ cloud, tenantId, kind }: Setup): string[] => {
  const tool = toolCloudOf(cloud);
  const options = kind === "defender" ? " --allow-no-subscriptions" : "";
  return [
    ...(tool === null ? [] : [`az cloud set --name ${tool.az}`]),
    `az login --tenant ${quote(orWord(tenantId, "TENANT-ID"))}${options}`,
  ];
};

const grantPermission = (service: string, permission: string): string[] => [
  `API=$(az ad sp list --filter "displayName eq '${service}'" --query "[0].appId" -o tsv)`,
  `ROLE=$(az ad sp show --id "$API" --query "appRoles[?value=='${permission}'].id | [0]" -o tsv)`,
  `az ad app permission add --id "$APP_ID" --api "$API" --api-permissions "$ROLE=Role"`,
];

const assignRole = ({ subscriptionId, resourceGroup, workspaceName }: Setup): string[] => [
  `az account set --subscription ${quote(orWord(subscriptionId, "SUBSCRIPTION-ID"))}`,
  `WORKSPACE=$(az monitor log-analytics workspace show -g ${quote(orWord(resourceGroup, "RESOURCE-GROUP"))} -n ${quote(orWord(workspaceName, "WORKSPACE-NAME"))} --query id -o tsv)`,
  ...PAUSE,
  "# Whoever runs this line must be Owner or User Access Administrator of the workspace:",
  `again az role assignment create --assignee-object-id "$SP_ID" --assignee-principal-type ServicePrincipal --role "Microsoft Sentinel Contributor" --scope "$WORKSPACE"`,
  `echo "Workspace id: $(az monitor log-analytics workspace show --ids "$WORKSPACE" --query customerId -o tsv)"`,
];

const proof = ({ proof: kind }: Setup): string[] =>
  kind === "certificate"
    ? [
        "# Prints the path of a .pem file with certificate and key: upload it here, then delete it.",
        'az ad app credential reset --id "$APP_ID" --append --create-cert --years 1 --query fileWithCertAndPrivateKey -o tsv',
      ]
    : [
        "# Prints the secret's value, once:",
        'az ad app credential reset --id "$APP_ID" --append --display-name Sluice --years 1 --query password -o tsv',
      ];

/** In single quotes a shell reads nothing; a quote inside ends them for a moment. */
const quote = (text: string): string => `'${oneLine(text).replaceAll("'", `'\\''`)}'`;

/** A line break would end the command, and what follows would be another. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ");
