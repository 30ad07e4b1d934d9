import "server-only";

import AzureADProvider from "next-auth/providers/azure-ad";
import { z } from "zod";

import { env } from "@/lib/env/server";

import { emailSchema } from "./email";

/** Next-auth's name of the provider; it stands in the address to which Entra ID leads back. */
export const ENTRA = "azure-ad";

/** Whether people may sign in with Microsoft. */
export const hasEntraSignIn = (): boolean => entraProviders().length > 0;

/** The provider for the one tenant that the settings name; none without them. Tests name another authority than Microsoft's. */
export const entraProviders = (authority: string = AUTHORITY) => {
  const { ENTRA_TENANT_ID: tenantId, ENTRA_CLIENT_ID: clientId, ENTRA_CLIENT_SECRET: clientSecret } = env();
  if (!tenantId || !clientId || !clientSecret) return [];
  return [
    AzureADProvider({
      clientId,
      clientSecret,
      wellKnown: `${authority}/${tenantId}/v2.0/.well-known/openid-configuration`,
      checks: ["pkce", "state", "nonce"],
      // As Microsoft's pages show it; the other way writes a secret in two encodings over each other.
      client: { token_endpoint_auth_method: "client_secret_post" },
      // The provider's own would fetch the person's photo.
      profile: ({ sub }) => ({ id: sub }),
    }),
  ];
};

/** The addresses that the tenant stands for; the first is the person's name for signing in. */
export type EntraPerson = { objectId: string; addresses: string[] };

/**
 * Who a checked id token speaks of. Null for a guest, whose address another tenant vouches for, and when nothing in it is an
 * address of the tenant's own: `email` is what anybody wrote there, unless Entra ID says that the tenant owns its domain.
 */
export const readEntraPerson = (claims: unknown): EntraPerson | null => {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return null;
  const { iss, oid, idp, acct, upn, preferred_username: name, email, xms_edov: isOwned } = parsed.data;
  if (String(acct) === "1" || (idp !== undefined && idp !== iss)) return null;
  const stated = [upn, name, ["true", "1"].includes(String(isOwned)) ? email : undefined];
  const addresses = stated.flatMap((text) => {
    const address = emailSchema.safeParse(text);
    return address.success ? [address.data] : [];
  });
  return addresses.length === 0 ? null : { objectId: oid, addresses: [...new Set(addresses)] };
};

const AUTHORITY = "https://login.microsoftonline.com";
const flag = z.union([z.boolean(), z.number(), z.string()]).optional();
const claimsSchema = z.object({
  iss: z.string(),
  oid: z.guid(),
  idp: z.string().optional(),
  acct: flag,
  upn: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  xms_edov: flag,
});
