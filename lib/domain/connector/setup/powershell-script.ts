import { FEDERATED, FEDERATION } from "./federation";
import { defenderPermissions, named, orWord, toolCloudOf, type Setup } from "./setup";

/** The same for PowerShell, with the modules Microsoft.Graph and, for Sentinel, Az. */
export const powershellScript = (setup: Setup): string =>
  [
    ...signIn(setup),
    ...(setup.proof === "managed-identity" ? ofIdentity(setup) : ofApplication(setup)),
    '"Application id: $($sp.AppId)"',
    '"Tenant id: $((Get-MgContext).TenantId)"',
  ].join("\n");

const ofApplication = (setup: Setup): string[] => [
  `$app = New-MgApplication -DisplayName ${quote(setup.applicationName)} -SignInAudience 'AzureADMyOrg'`,
  "$sp = New-MgServicePrincipal -AppId $app.AppId",
  ...PAUSE,
  "$access = @()",
  ...(setup.kind === "defender" ? grantPermissions(DEFENDER, defenderPermissions(setup)) : []),
  ...(setup.readsOwnEnd ? grantPermissions("Microsoft Graph", ["Application.Read.All"]) : []),
  ...(setup.kind === "defender" || setup.readsOwnEnd
    ? ["Update-MgApplication -ApplicationId $app.Id -RequiredResourceAccess $access"]
    : []),
  ...(setup.kind === "sentinel" ? assignRole(setup) : []),
  ...proof(setup),
];

/** Azure made it already, and its page has none for permissions. */
const ofIdentity = (setup: Setup): string[] => [
  "# A user-assigned identity has a name of its own; a system-assigned one has that of its machine or service.",
  `$sp = @(Get-MgServicePrincipal -Filter ${quote(named(orWord(setup.applicationName, "IDENTITY-NAME")))} | Where-Object { $_.ServicePrincipalType -eq 'ManagedIdentity' })`,
  'if ($sp.Count -ne 1) { throw "$($sp.Count) identities have this name: set `$sp by its object id." }',
  "$sp = $sp[0]",
  ...(setup.kind === "defender"
    ? [...findRoles(DEFENDER, defenderPermissions(setup)), CONSENT, forEachRole(ASSIGN_PERMISSION)]
    : assignRole(setup)),
];

/** Consent and roles for an application that is not known everywhere yet are refused. */
const PAUSE = [
  "# A new application is not known everywhere at once. Wait, and try for some minutes:",
  "Start-Sleep -Seconds 30",
  "function Again([scriptblock] $Step) {",
  "  foreach ($try in 1..12) { try { return & $Step } catch { $problem = $_; Start-Sleep -Seconds 15 } }",
  "  throw $problem",
  "}",
];

const signIn = ({ cloud, tenantId, kind, readsOwnEnd, proof: way }: Setup): string[] => {
  const tool = toolCloudOf(cloud);
  const needsConsent = kind === "defender" || readsOwnEnd;
  const own = way === "managed-identity" ? "Application.Read.All" : "Application.ReadWrite.All";
  const scopes = [own, ...(needsConsent ? ["AppRoleAssignment.ReadWrite.All"] : [])];
  const environment = tool === null ? "" : ` -Environment ${tool.graph}`;
  return [
    `Connect-MgGraph -TenantId ${quote(orWord(tenantId, "TENANT-ID"))} -Scopes ${scopes.map(quote).join(",")}${environment}`,
  ];
};

const DEFENDER = "WindowsDefenderATP";

const findRoles = (service: string, permissions: readonly string[]): string[] => [
  `$api = Get-MgServicePrincipal -Filter "displayName eq '${service}'"`,
  `$roles = $api.AppRoles | Where-Object { $_.Value -in ${permissions.map(quote).join(",")} -and $_.AllowedMemberTypes -contains 'Application' }`,
];

const CONSENT = "# Whoever runs this line must be allowed to grant admin consent:";
/** The assignment is the admin consent. */
const ASSIGN_PERMISSION =
  "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id -PrincipalId $sp.Id -ResourceId $api.Id -AppRoleId $role.Id -ErrorAction Stop";

const forEachRole = (command: string): string => `foreach ($role in $roles) { ${command} }`;

const grantPermissions = (service: string, permissions: readonly string[]): string[] => [
  ...findRoles(service, permissions),
  "$access += @{ ResourceAppId = $api.AppId; ResourceAccess = @($roles | ForEach-Object { @{ Id = $_.Id; Type = 'Role' } }) }",
  CONSENT,
  forEachRole(`Again { ${ASSIGN_PERMISSION} }`),
];

const ASSIGN_ROLE =
  "New-AzRoleAssignment -ObjectId $sp.Id -RoleDefinitionName 'Microsoft Sentinel Contributor' -Scope $workspace.ResourceId -ErrorAction Stop";

const assignRole = (setup: Setup): string[] => {
  const { cloud, tenantId, subscriptionId, resourceGroup, workspaceName } = setup;
  const tool = toolCloudOf(cloud);
  const environment = tool === null ? "" : ` -Environment ${tool.azure}`;
  return [
    `Connect-AzAccount -Tenant ${quote(orWord(tenantId, "TENANT-ID"))} -Subscription ${quote(orWord(subscriptionId, "SUBSCRIPTION-ID"))}${environment}`,
    `$workspace = Get-AzOperationalInsightsWorkspace -ResourceGroupName ${quote(orWord(resourceGroup, "RESOURCE-GROUP"))} -Name ${quote(orWord(workspaceName, "WORKSPACE-NAME"))}`,
    "# Whoever runs this line must be Owner or User Access Administrator of the workspace:",
    setup.proof === "managed-identity" ? ASSIGN_ROLE : `Again { ${ASSIGN_ROLE} }`,
    '"Workspace id: $($workspace.CustomerId)"',
  ];
};

const proof = ({ proof: kind, applicationName }: Setup): string[] => {
  switch (kind) {
    case "certificate":
      return certificate(applicationName.replaceAll(/[^\w -]/g, " ").trim());
    case "secret":
      return [
        "# Prints the secret's value, once:",
        "(Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ DisplayName = 'Sluice'; EndDateTime = (Get-Date).AddYears(1) }).SecretText",
      ];
    case "workload-identity":
      return [
        ...FEDERATION,
        `New-MgApplicationFederatedIdentityCredential -ApplicationId $app.Id -BodyParameter ${federated()}`,
      ];
    case "managed-identity":
      return [];
  }
};

const federated = (): string => {
  const { name, issuer, subject, audiences } = FEDERATED;
  return `@{ Name = ${quote(name)}; Issuer = ${quote(issuer)}; Subject = ${quote(subject)}; Audiences = @(${audiences.map(quote).join(",")}) }`;
};

/** New-SelfSignedCertificate is a part of Windows; elsewhere openssl makes the same. */
const certificate = (name: string): string[] => [
  "# New-SelfSignedCertificate is a part of Windows; elsewhere openssl makes the same.",
  "if ($IsLinux -or $IsMacOS) {",
  `  openssl req -x509 -newkey rsa:2048 -sha256 -days 365 -nodes -subj ${quote(`/CN=${name}`)} -keyout sluice.key -out sluice.crt`,
  '  $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new("$PWD/sluice.crt")',
  "  # Upload the file sluice.pem here, then delete all three:",
  "  Get-Content sluice.key, sluice.crt | Set-Content sluice.pem",
  "} else {",
  `  $certificate = New-SelfSignedCertificate -Subject ${quote(`CN=${name}`)} -CertStoreLocation 'Cert:\\CurrentUser\\My' -KeyExportPolicy Exportable -KeySpec Signature -KeyLength 2048 -HashAlgorithm SHA256 -NotAfter (Get-Date).AddYears(1)`,
  "  # Upload this file here with its password, then delete it:",
  "  Export-PfxCertificate -Cert $certificate -FilePath '.\\sluice.pfx' -Password (Read-Host -AsSecureString 'Password of the file')",
  "}",
  "Update-MgApplication -ApplicationId $app.Id -KeyCredentials @(@{ Type = 'AsymmetricX509Cert'; Usage = 'Verify'; Key = $certificate.RawData })",
];

/** In single quotes PowerShell reads nothing but a quote, which is doubled; it takes the typographic ones for quotes, too. */
const quote = (text: string): string =>
  `'${oneLine(text).replaceAll(/['\u2018-\u201B]/g, (mark) => mark + mark)}'`;

const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ");
