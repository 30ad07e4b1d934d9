import { pathParam, type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { findTenant, type Tenant } from "../state/directory";
import { type World } from "../world";

import { entraError, PROBLEMS } from "./errors";
import { publicHalf } from "./keys";

/** `GET /entra/{tenant}/v2.0/.well-known/openid-configuration`; 400 `invalid_tenant` for an unknown tenant. */
export const openidConfiguration = (call: Call, world: World): Reply =>
  withTenant(call, world, (tenant) => {
    const base = `${call.origin}/entra/${tenant.tenantId}`;
    return json(200, {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ["query", "fragment", "form_post"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      response_types_supported: ["code"],
      scopes_supported: ["openid", "profile", "email", "offline_access"],
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      claims_supported: ["sub", "iss", "aud", "exp", "iat", "tid", "ver", "appid", "roles", "oid"],
      tenant_region_scope: null,
    });
  });

/** `GET /entra/{tenant}/discovery/v2.0/keys`: the keys with which access tokens can be checked. */
export const signingKeys = (call: Call, world: World): Reply =>
  withTenant(call, world, () => json(200, { keys: [publicHalf(world.state.signingKey)] }));

/** `GET …/common/discovery/instance`: knows its own host and no other. */
export const instanceDiscovery = (call: Call, world: World): Reply => {
  const asked = call.query.get("authorization_endpoint") ?? "";
  const own = new URL(call.origin);
  const tenant = world.state.tenants[0];
  if (!URL.canParse(asked) || new URL(asked).host !== own.host || tenant === undefined) {
    return json(400, {
      error: "invalid_instance",
      error_description: "AADSTS50049: Unknown or invalid instance.",
      error_codes: [50049],
    });
  }
  const tenantSegment = new URL(asked).pathname.split("/").at(-4) ?? tenant.tenantId;
  return json(200, {
    tenant_discovery_endpoint: `${call.origin}/entra/${tenantSegment}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: own.host, preferred_cache: own.host, aliases: [own.host] }],
  });
};

const withTenant = (call: Call, world: World, answer: (tenant: Tenant) => Reply): Reply => {
  const named = pathParam(call, "tenant");
  const tenant = findTenant(world.state.tenants, named);
  return tenant === null
    ? entraError(call, PROBLEMS.unknownTenant(named, "invalid_tenant"), world.now())
    : answer(tenant);
};
