import { FEDERATED, FEDERATION } from "./federation";
import { defenderPermissions, named, orWord, toolCloudOf, type Setup } from "./setup";

/** A script for Azure's command line that makes the app registration, grants what is needed and prints what the form asks for. */
export const azScript = (setup: Setup): string =>
  [
    ...signIn(setup),
    ...(setup.proof === "managed-identity" ? ofIdentity(setup) : ofApplication(setup)),
    `echo "Application id: $APP_ID"`,
    `echo "Tenant id: $(az account show --query tenantId -o tsv)"`,
  ].join("\n");

const ofApplication = (setup: Setup): string[] => [
  `APP_ID=$(az ad app create --display-name ${quote(setup.applicationName)} --sign-in-audience AzureADMyOrg --query appId -o tsv)`,
  `SP_ID=$(az ad sp create --id "$APP_ID" --query id -o tsv)`,
  ...(setup.kind === "defender" ? grantPermissions(DEFENDER, defenderPermissions(setup)) : assignRole(setup)),
  ...(setup.readsOwnEnd ? grantPermissions("Microsoft Graph", ["Application.Read.All"]) : []),
  ...(setup.kind === "defender" ? PAUSE : []),
  ...(setup.kind === "defender" || setup.readsOwnEnd ? CONSENT : []),
  ...proof(setup),
];

/** Azure made it already, and its page has none for permissions. */
const ofIdentity = (setup: Setup): string[] => [
  "# A user-assigned identity has a name of its own; a system-assigned one has that of its machine or service.",
  "# If not exactly one is found, put its object id here:",
  `SP_ID=$(az ad sp list --filter ${quote(named(orWord(setup.applicationName, "IDENTITY-NAME")))} --query "[?servicePrincipalType=='ManagedIdentity'].id" -o tsv)`,
  `APP_ID=$(az ad sp show --id "$SP_ID" --query appId -o tsv)`,
  ...(setup.kind === "defender" ? grantToIdentity(DEFENDER, defenderPermissions(setup)) : assignRole(setup)),
];

/** The assignment is the admin consent. */
const grantToIdentity = (service: string, permissions: readonly string[]): string[] => [
  `API=$(az ad sp list --filter "displayName eq '${service}'" --query "[0].id" -o tsv)`,
  "GRAPH=$(az cloud show --query endpoints.microsoftGraphResourceId -o tsv)",
  "# Whoever runs these lines must be allowed to grant admin consent:",
  ...permissions.flatMap((permission) => [findRole(permission), ASSIGN_PERMISSION]),
];

const findRole = (permission: string): string =>
  `ROLE=$(az ad sp show --id "$API" --query "appRoles[?value=='${permission}'].id | [0]" -o tsv)`;

const ASSIGN_PERMISSION = `az rest --method POST --url "\${GRAPH%/}/v1.0/servicePrincipals/$SP_ID/appRoleAssignments" --headers Content-Type=application/json --body "{\\"principalId\\":\\"$SP_ID\\",\\"resourceId\\":\\"$API\\",\\"appRoleId\\":\\"$ROLE\\"}"`;

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

const DEFENDER = "WindowsDefenderATP";

const signIn = ({ cloud, tenantId, kind }: Setup): string[] => {
  const tool = toolCloudOf(cloud);
  const options = kind === "defender" ? " --allow-no-subscriptions" : "";
  return [
    ...(tool === null ? [] : [`az cloud set --name ${tool.az}`]),
    `az login --tenant ${quote(orWord(tenantId, "TENANT-ID"))}${options}`,
  ];
};

const grantPermissions = (service: string, permissions: readonly string[]): string[] => [
  `API=$(az ad sp list --filter "displayName eq '${service}'" --query "[0].appId" -o tsv)`,
  ...permissions.flatMap((permission) => [
    findRole(permission),
    'az ad app permission add --id "$APP_ID" --api "$API" --api-permissions "$ROLE=Role"',
  ]),
];

const assignRole = ({ proof: kind, subscriptionId, resourceGroup, workspaceName }: Setup): string[] => [
  `az account set --subscription ${quote(orWord(subscriptionId, "SUBSCRIPTION-ID"))}`,
  `WORKSPACE=$(az monitor log-analytics workspace show -g ${quote(orWord(resourceGroup, "RESOURCE-GROUP"))} -n ${quote(orWord(workspaceName, "WORKSPACE-NAME"))} --query id -o tsv)`,
  ...(kind === "managed-identity" ? [] : PAUSE),
  "# Whoever runs this line must be Owner or User Access Administrator of the workspace:",
  `${kind === "managed-identity" ? "" : "again "}az role assignment create --assignee-object-id "$SP_ID" --assignee-principal-type ServicePrincipal --role "Microsoft Sentinel Contributor" --scope "$WORKSPACE"`,
  `echo "Workspace id: $(az monitor log-analytics workspace show --ids "$WORKSPACE" --query customerId -o tsv)"`,
];

const proof = ({ proof: kind }: Setup): string[] => {
  switch (kind) {
    case "certificate":
      return [
        "# Prints the path of a .pem file with certificate and key: upload it here, then delete it.",
        'az ad app credential reset --id "$APP_ID" --append --create-cert --years 1 --query fileWithCertAndPrivateKey -o tsv',
      ];
    case "secret":
      return [
        "# Prints the secret's value, once:",
        'az ad app credential reset --id "$APP_ID" --append --display-name Sluice --years 1 --query password -o tsv',
      ];
    case "workload-identity":
      return [
        ...FEDERATION,
        `az ad app federated-credential create --id "$APP_ID" --parameters ${quote(JSON.stringify(FEDERATED))}`,
      ];
    case "managed-identity":
      return [];
  }
};

/** In single quotes a shell reads nothing; a quote inside ends them for a moment. */
const quote = (text: string): string => `'${oneLine(text).replaceAll("'", `'\\''`)}'`;

/** A line break would end the command, and what follows would be another. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ");
