import { pathParam, readForm, type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { findApplication, findTenant, type Application, type Tenant } from "../state/directory";
import { type World } from "../world";

import { signAccessToken } from "./access-token";
import { checkAssertion, checkSecret } from "./client-credential";
import { entraError, PROBLEMS, type EntraProblem } from "./errors";
import { resourceOf } from "./resources";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** `POST /entra/{tenant}/oauth2/v2.0/token`: client credentials, by secret or by certificate. */
export const issueToken = async (call: Call, world: World): Promise<Reply> => {
  const outcome = await decide(call, world);
  if ("problem" in outcome) return entraError(call, outcome.problem, world.now());
  const { tenant, application, audience, withCertificate } = outcome;
  call.principal = {
    tenantId: tenant.tenantId,
    clientId: application.clientId,
    displayName: application.displayName,
  };
  const seconds = world.state.limits.entra.tokenSeconds;
  const lifetime = world.state.switches.entraExpiresIn === "text" ? String(seconds) : seconds;
  return json(
    200,
    {
      token_type: "Bearer",
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: await signAccessToken(world, {
        origin: call.origin,
        tenant,
        application,
        audience,
        withCertificate,
      }),
    },
    { "cache-control": "no-store, no-cache", pragma: "no-cache" },
  );
};

type Outcome =
  | { problem: EntraProblem }
  | { tenant: Tenant; application: Application; audience: string; withCertificate: boolean };

const decide = async (call: Call, world: World): Promise<Outcome> => {
  const form = readForm(call);
  const named = pathParam(call, "tenant");
  const tenant = findTenant(world.state.tenants, named);
  if (tenant === null) {
    const isWellFormed = /^[0-9a-f-]{36}$/i.test(named) || /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(named);
    return {
      problem: isWellFormed
        ? PROBLEMS.unknownTenant(named, "invalid_request")
        : PROBLEMS.malformedTenant(named),
    };
  }
  for (const name of ["grant_type", "client_id", "scope"]) {
    if (!form.get(name)) return { problem: PROBLEMS.missingParameter(name) };
  }
  const grant = form.get("grant_type") ?? "";
  if (grant !== "client_credentials") return { problem: PROBLEMS.unsupportedGrant(grant) };
  const clientId = form.get("client_id") ?? "";
  const application = findApplication(tenant, clientId);
  if (application === null) return { problem: PROBLEMS.unknownApplication(clientId, tenant.displayName) };

  const assertion = form.get("client_assertion");
  const secret = form.get("client_secret");
  let problem: EntraProblem | null;
  if (assertion !== null && form.get("client_assertion_type") === ASSERTION_TYPE) {
    problem = await checkAssertion(application, assertion, {
      audiences: [`${call.origin}${call.path}`, `${call.origin}/entra/${tenant.tenantId}/v2.0`],
      now: world.now(),
    });
  } else if (secret !== null && secret !== "") {
    problem = checkSecret(application, secret, world.now());
  } else {
    problem = PROBLEMS.noCredential(world.state.switches.entraNoCredentialError);
  }
  if (problem !== null) return { problem };

  const scope = form.get("scope") ?? "";
  const audience = /^(\S+)\/\.default$/.exec(scope.trim())?.[1];
  if (audience === undefined)
    return { problem: PROBLEMS.badScope(world.state.switches.entraScopeError, scope) };
  if (resourceOf(audience) === null)
    return { problem: PROBLEMS.unknownResource(audience, tenant.displayName) };
  return { tenant, application, audience, withCertificate: assertion !== null };
};
