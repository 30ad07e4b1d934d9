import { createHash, randomUUID } from "node:crypto";

import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from "jose";

import { findApplication, findTenant, type Application, type Tenant } from "../state/directory";
import { type Call } from "../http/call";
import { type World } from "../world";

import { signingKeyOf, verifyingKeyOf } from "./keys";
import { resourceOf, rolesFor, type Resource } from "./resources";

/** A signed access token for one resource, with the claims of the real one. `roles` is absent where nothing was consented. */
export const signAccessToken = async (
  world: World,
  options: {
    origin: string;
    tenant: Tenant;
    application: Application;
    audience: string;
    withCertificate: boolean;
  },
): Promise<string> => {
  const { tenant, application } = options;
  const issuedAt = Math.floor(world.now().getTime() / 1000);
  const version = world.state.switches.entraTokenVersion;
  const roles = rolesFor(application.roles, resourceOf(options.audience));
  return new SignJWT({
    aio: createHash("sha256").update(randomUUID()).digest("base64url").slice(0, 22),
    appid: application.clientId,
    appidacr: options.withCertificate ? "2" : "1",
    app_displayname: application.displayName,
    ...(version === "2.0" ? { azp: application.clientId } : {}),
    idp: `https://sts.windows.net/${tenant.tenantId}/`,
    idtyp: "app",
    oid: application.objectId,
    ...(roles.length > 0 ? { roles } : {}),
    sub: application.objectId,
    tid: tenant.tenantId,
    uti: randomUUID().replaceAll("-", "").slice(0, 22),
    ver: version,
  })
    .setProtectedHeader({ typ: "JWT", alg: "RS256", kid: world.state.signingKey.kid ?? "" })
    .setAudience(options.audience)
    .setIssuer(
      version === "1.0"
        ? `https://sts.windows.net/${tenant.tenantId}/`
        : `${options.origin}/entra/${tenant.tenantId}/v2.0`,
    )
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + world.state.limits.entra.tokenSeconds)
    .sign(await signingKeyOf(world.state.signingKey));
};

type Access =
  | { status: "granted"; tenant: Tenant; application: Application; roles: string[] }
  | { status: "denied"; reason: "missing" | "invalid" | "expired" | "wrong-audience"; detail: string };

/**
 * Checks the bearer token of a call: signature, time on the sandbox's clock, audience.
 * The roles are those of the token, so that consent given later needs a new token. Names the caller in the journal.
 */
export const checkAccess = async (call: Call, world: World, resource: Resource): Promise<Access> => {
  const token = /^bearer +(\S+)$/i.exec(call.headers.authorization ?? "")?.[1];
  if (token === undefined) return denied("missing", "The request carries no bearer token.");
  try {
    if (decodeProtectedHeader(token).kid !== world.state.signingKey.kid) {
      return denied("invalid", "The token was signed with an unknown key.");
    }
    const key = await verifyingKeyOf(world.state.signingKey);
    const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"], currentDate: world.now() });
    const tenant = findTenant(world.state.tenants, String(payload["tid"]));
    const application = tenant === null ? null : findApplication(tenant, String(payload["appid"]));
    if (tenant === null || application === null)
      return denied("invalid", "The token's application is unknown.");
    call.principal = {
      tenantId: tenant.tenantId,
      clientId: application.clientId,
      displayName: application.displayName,
    };
    const audience = typeof payload.aud === "string" ? payload.aud : "";
    if (resourceOf(audience) !== resource) return denied("wrong-audience", `The token is for ${audience}.`);
    const roles = payload["roles"];
    return {
      status: "granted",
      tenant,
      application,
      roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [],
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return denied("expired", "The token's lifetime has ended.");
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      return denied("invalid", "The token is malformed or its signature is wrong.");
    }
    throw error;
  }
};

const denied = (reason: Extract<Access, { status: "denied" }>["reason"], detail: string): Access => ({
  status: "denied",
  reason,
  detail,
});
