import { createHash, createPublicKey, timingSafeEqual } from "node:crypto";

import {
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from "jose";

import { type Application, type Certificate } from "../state/directory";

import { PROBLEMS, type EntraProblem } from "./errors";

/** Checks a client secret; null when it is good. `now` is the sandbox's time. */
export const checkSecret = (application: Application, secret: string, now: Date): EntraProblem | null => {
  const known = application.secrets.find((one) => isEqual(one.value, secret));
  if (known === undefined) return PROBLEMS.wrongSecret(application.clientId);
  if (known.expiresAt !== null && Date.parse(known.expiresAt) <= now.getTime()) {
    return PROBLEMS.expiredSecret(application.clientId);
  }
  return null;
};

/**
 * Checks a client assertion (PS256 or RS256, RFC 7523) against the registered certificates; null when it is good. `now` is the
 * sandbox's time: whoever dates assertions by another clock learns this one from the `Date` of the refusal.
 */
export const checkAssertion = async (
  application: Application,
  assertion: string,
  options: { audiences: string[]; now: Date },
): Promise<EntraProblem | null> => {
  const header = readHeader(assertion);
  if (header === null) return PROBLEMS.malformedAssertion();
  const { thumbprint, certificate } = findCertificate(application, header);
  if (certificate === undefined) return PROBLEMS.badAssertion("The key was not found.", thumbprint);
  let claims: JWTPayload;
  try {
    const verified = await jwtVerify(assertion, createPublicKey(certificate.publicKeyPem), {
      algorithms: ["PS256", "RS256"],
      currentDate: options.now,
      clockTolerance: 300,
      requiredClaims: ["exp", "iss", "sub", "aud", "jti"],
    });
    claims = verified.payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return PROBLEMS.assertionOutOfTime();
    if (error instanceof errors.JWTClaimValidationFailed) {
      return error.claim === "nbf" ? PROBLEMS.assertionOutOfTime() : PROBLEMS.malformedAssertion();
    }
    if (error instanceof errors.JOSEError) {
      return PROBLEMS.badAssertion("Client assertion contains an invalid signature.", thumbprint);
    }
    throw error;
  }
  if (typeof claims.aud !== "string" || !options.audiences.includes(claims.aud)) {
    return PROBLEMS.assertionForOther("aud");
  }
  const isOwn = [claims.iss, claims.sub].every((name) => name?.toLowerCase() === application.clientId);
  return isOwn ? null : PROBLEMS.assertionForOther("sub");
};

const readHeader = (assertion: string): ProtectedHeaderParameters | null => {
  try {
    return decodeProtectedHeader(assertion);
  } catch {
    return null;
  }
};

const findCertificate = (
  application: Application,
  header: ProtectedHeaderParameters,
): { thumbprint: string; certificate: Certificate | undefined } => {
  const sha256 = header["x5t#S256"];
  const encoded = typeof sha256 === "string" ? sha256 : typeof header.x5t === "string" ? header.x5t : "";
  const thumbprint = Buffer.from(encoded, "base64url").toString("hex");
  const certificate = application.certificates.find((one) =>
    typeof sha256 === "string" ? one.thumbprintSha256 === thumbprint : one.thumbprintSha1 === thumbprint,
  );
  return { thumbprint: thumbprint.toUpperCase(), certificate };
};

const isEqual = (left: string, right: string): boolean =>
  timingSafeEqual(createHash("sha256").update(left).digest(), createHash("sha256").update(right).digest());
