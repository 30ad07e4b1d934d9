import { randomUUID } from "node:crypto";

import { type Call } from "../http/call";
import { json, type Reply } from "../http/reply";

export type EntraProblem = { status: number; error: string; code: number; text: string };

/** An error of the token endpoint with its full body; texts and numbers are those of AADSTS. */
export const entraError = (call: Call, problem: EntraProblem, now: Date): Reply => {
  const timestamp = `${now.toISOString().slice(0, 19).replace("T", " ")}Z`;
  const traceId = randomUUID();
  const correlationId = call.query.get("client-request-id") ?? call.id;
  return json(
    problem.status,
    {
      error: problem.error,
      error_description: `AADSTS${String(problem.code)}: ${problem.text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [problem.code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${String(problem.code)}`,
    },
    { "cache-control": "no-store, no-cache", pragma: "no-cache", "x-ms-request-id": traceId },
  );
};

export const PROBLEMS = {
  missingParameter: (name: string): EntraProblem => ({
    status: 400,
    error: "invalid_request",
    code: 900144,
    text: `The request body must contain the following parameter: '${name}'.`,
  }),
  unsupportedGrant: (grant: string): EntraProblem => ({
    status: 400,
    error: "unsupported_grant_type",
    code: 70003,
    text: `The app requested an unsupported grant type '${grant}'.`,
  }),
  malformedTenant: (tenant: string): EntraProblem => ({
    status: 400,
    error: "invalid_request",
    code: 900023,
    text: `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
  }),
  unknownTenant: (tenant: string, error: "invalid_request" | "invalid_tenant"): EntraProblem => ({
    status: 400,
    error,
    code: 90002,
    text: `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  }),
  unknownApplication: (clientId: string, tenant: string): EntraProblem => ({
    status: 400,
    error: "unauthorized_client",
    code: 700016,
    text: `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  }),
  wrongSecret: (clientId: string): EntraProblem => ({
    status: 401,
    error: "invalid_client",
    code: 7000215,
    text: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  }),
  expiredSecret: (clientId: string): EntraProblem => ({
    status: 401,
    error: "invalid_client",
    code: 7000222,
    text: `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  }),
  noCredential: (code: "7000216" | "7000218"): EntraProblem => ({
    status: 401,
    error: "invalid_client",
    code: Number(code),
    text:
      code === "7000216"
        ? "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."
        : "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  }),
  malformedAssertion: (): EntraProblem => ({
    status: 400,
    error: "invalid_request",
    code: 50027,
    text: "JWT token is invalid or malformed.",
  }),
  badAssertion: (reason: string, thumbprint: string): EntraProblem => ({
    status: 401,
    error: "invalid_client",
    code: 700027,
    text: `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}']`,
  }),
  assertionOutOfTime: (): EntraProblem => ({
    status: 401,
    error: "invalid_client",
    code: 700024,
    text: "Client assertion is not within its valid time range.",
  }),
  assertionForOther: (claim: string): EntraProblem => ({
    status: 401,
    error: "invalid_client",
    code: claim === "aud" ? 700023 : 700021,
    text:
      claim === "aud"
        ? "Client assertion audience claim does not match Realm issuer."
        : "Client assertion application identifier doesn't match 'client_id' parameter.",
  }),
  badScope: (code: "1002012" | "70011", scope: string): EntraProblem => ({
    status: 400,
    error: "invalid_scope",
    code: Number(code),
    text:
      code === "1002012"
        ? `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`
        : `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  }),
  unknownResource: (resource: string, tenant: string): EntraProblem => ({
    status: 400,
    error: "invalid_resource",
    code: 500011,
    text: `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  }),
};
