// MSAL reads the same variables; whoever sets our environment has our secrets anyway.
const NAMED_BY = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT"] as const;
const METADATA_SERVICE = "http://169.254.169.254";

/** Where this machine asks Azure for tokens of its managed identity: what the host names, else the metadata service. */
export const machineIdentityOrigin = (): string => {
  const named = namedEndpoint();
  return named !== undefined && URL.canParse(named) ? new URL(named).origin : METADATA_SERVICE;
};

/** Whether the environment shows an Azure service that gives tokens to us. A bare virtual machine shows nothing. */
export const showsMachineIdentity = (): boolean => namedEndpoint() !== undefined && !isArc();

/** Azure Arc's agent wants a file read that its own group alone may read, which a service's account is not in. */
const isArc = (): boolean => isSet("IMDS_ENDPOINT") && !isSet("IDENTITY_HEADER");

const isSet = (name: string): boolean => (process.env[name]?.trim() ?? "") !== "";

const namedEndpoint = (): string | undefined =>
  NAMED_BY.map((name) => process.env[name]?.trim()).find(
    (endpoint) => endpoint !== undefined && endpoint !== "",
  );
