import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import type { VendorFetch } from "@/lib/http/vendor-fetch";

import { toVendorFailure } from "../vendor-failure";
import type { TokenSource } from "./token-source";

/** What tells a secret from the application's others: its id where it is known, else how it begins. */
export type SoughtSecret = { keyId: string | null; secret: string };

/**
 * `denied`: the application may not read its own registration. `unknown`: no secret like it is registered, or several that end at
 * different times.
 */
export type SecretEnd =
  { status: "found"; expiresAt: Date; keyId: string } | { status: "denied" } | { status: "unknown" };

type Graph = { fetch: VendorFetch; tokens: TokenSource; baseUrl: string; scope: string; clientId: string };

/**
 * Until when a secret holds, as Entra ID's registration of the application says. Throws an AppError when there was no answer to
 * conclude from.
 */
export const findSecretEnd = async (
  { fetch, tokens, baseUrl, scope, clientId }: Graph,
  sought: SoughtSecret,
  signal?: AbortSignal,
): Promise<SecretEnd> => {
  const token = await tokens(scope, { signal });
  if (!token.ok) {
    const { what, fix, retry } = token.problem;
    throw new AppError(retry === "later" ? "upstream_unavailable" : "upstream_rejected", `${what} ${fix}`, {
      retry,
    });
  }
  const { roles, value: bearer } = token.value;
  if (roles !== null && !roles.some((role) => READING_ROLES.has(role))) return { status: "denied" };
  const url = `${baseUrl}/v1.0/applications(appId='${clientId}')?$select=passwordCredentials,keyCredentials`;
  const answer = await fetch({ method: "GET", url, bearer, ...(signal && { signal }) });
  if (answer.status === 403) return { status: "denied" };
  if (answer.status !== 200) throw toVendorFailure(answer, REMEDIES, new Date());
  const parsed = answerSchema.safeParse(answer.json);
  if (!parsed.success)
    throw new AppError("upstream_rejected", "Microsoft Graph's answer could not be read.", {
      retry: "later",
    });
  return choose(parsed.data.passwordCredentials, sought);
};

type Registered = z.output<typeof registeredSchema>;

const choose = (registered: readonly Registered[], { keyId, secret }: SoughtSecret): SecretEnd => {
  const isSought = (one: Registered): boolean =>
    keyId === null ? one.hint === secret.slice(0, HINT_CHARACTERS) : one.keyId === keyId;
  const [first, ...others] = registered.filter(isSought);
  if (first === undefined || others.some(({ endDateTime }) => +endDateTime !== +first.endDateTime))
    return { status: "unknown" };
  return { status: "found", expiresAt: first.endDateTime, keyId: first.keyId };
};

/** How much of a secret Entra ID goes on showing. */
const HINT_CHARACTERS = 3;
/** Application permissions with which an application may read its own registration. */
const READING_ROLES: ReadonlySet<string> = new Set([
  "Application.Read.All",
  "Application.ReadWrite.All",
  "Application.ReadWrite.OwnedBy",
  "Directory.Read.All",
]);
const REMEDIES = {
  service: "Microsoft Graph",
  forbidden: "Grant the application permission Application.Read.All of Microsoft Graph.",
  notFound: "Check the application id and the tenant.",
};

const registeredSchema = z.object({
  keyId: z.string().toLowerCase(),
  hint: z.string().nullish().default(null),
  endDateTime: z.coerce.date(),
});
const answerSchema = z.object({ passwordCredentials: z.array(registeredSchema).default([]) });
