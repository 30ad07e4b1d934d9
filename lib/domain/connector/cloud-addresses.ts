import { z } from "zod";

import { CLOUDS } from "./kinds";

/** Clouds whose addresses are Microsoft's; the sandbox's is where it runs. */
export const MICROSOFT_CLOUDS = CLOUDS.filter((cloud) => cloud !== "sandbox");
export type MicrosoftCloud = (typeof MICROSOFT_CLOUDS)[number];

/** Hosts that requests go to. Secrets go to the first alone, tokens to the others. */
export const HOST_FIELDS = [
  "signIn",
  "defender",
  "sentinelUpload",
  "azureManagement",
  "graph",
  "logs",
] as const;
/** What a token is asked for: a fixed name of the service, whatever host answers. */
export const SCOPE_FIELDS = ["defenderScope", "azureScope", "graphScope", "logsScope"] as const;
export type AddressField = (typeof HOST_FIELDS)[number] | (typeof SCOPE_FIELDS)[number];

/** Null: Microsoft has published none for this cloud. */
export type CloudAddresses = Readonly<Record<AddressField, string | null>>;
export type CloudOverrides = z.output<typeof storedOverridesSchema>;

export const ADDRESS_LABELS: Readonly<Record<AddressField, string>> = {
  signIn: "Sign-in",
  defender: "Defender",
  defenderScope: "Scope of Defender",
  sentinelUpload: "Sentinel, upload",
  azureManagement: "Azure management",
  azureScope: "Scope of Azure management",
  graph: "Microsoft Graph",
  graphScope: "Scope of Microsoft Graph",
  logs: "Log Analytics",
  logsScope: "Scope of Log Analytics",
};

const isHostName = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash, pathname } = new URL(text);
  const isBare = username === "" && password === "" && search === "" && hash === "" && pathname === "/";
  // Letters in the last label: neither an address nor a name that only this machine knows.
  const isPublicName = /\.[a-z][a-z0-9-]+$/.test(hostname) && !LOCAL.test(hostname);
  return protocol === "https:" && isBare && isPublicName && !text.endsWith("?");
};

// Names that stand for this machine or this network, whatever the resolver says.
const LOCAL = /\.(?:localhost|local|internal|intranet|lan|home|corp|private|test|invalid)$|\.home\.arpa$/;

const host = z
  .string()
  .trim()
  .refine(
    isHostName,
    "Give scheme and host only, such as https://api.security.microsoft.com; https alone is taken.",
  )
  .transform((text) => new URL(text).origin);

const scope = z
  .string()
  .trim()
  .regex(
    /^(?:(?:https|api):\/\/[\w.:/-]+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\/\.default$/i,
    "Give the scope with /.default at its end, such as https://management.azure.com/.default.",
  );

const fields = {
  ...{ signIn: host, defender: host, sentinelUpload: host, azureManagement: host, graph: host, logs: host },
  ...{ defenderScope: scope, azureScope: scope, graphScope: scope, logsScope: scope },
} satisfies Record<AddressField, z.ZodType>;

/** The addresses an administrator gives for one cloud; what is left out is Microsoft's own. */
export const addressesInputSchema = z.strictObject(fields).partial();
export type AddressesInput = z.output<typeof addressesInputSchema>;

/** Stored by cloud; a cloud left out has no address but Microsoft's. */
export const storedOverridesSchema = z.partialRecord(z.enum(MICROSOFT_CLOUDS), addressesInputSchema);
