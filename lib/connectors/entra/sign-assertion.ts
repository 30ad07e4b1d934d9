import { randomUUID } from "node:crypto";

import { ClientAuthError } from "@azure/msal-node";
import { importPKCS8, SignJWT } from "jose";

import { plainThumbprint, type ApplicationCredential } from "./credential";

type Certificate = Extract<ApplicationCredential, { kind: "certificate" }>;
type Statement = { clientId: string; tokenEndpoint: string; now: Date };

/** The statement by which a certificate signs an application in, by PS256 and for ten minutes: MSAL's own knows this machine's clock alone. */
export const signAssertion = async (
  { privateKeyPem, thumbprintSha256, chainPem }: Certificate,
  { clientId, tokenEndpoint, now }: Statement,
): Promise<string> => {
  const seconds = Math.floor(now.getTime() / 1_000);
  const thumbprint = Buffer.from(plainThumbprint(thumbprintSha256), "hex").toString("base64url");
  try {
    return await new SignJWT()
      .setProtectedHeader({
        ...{ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint },
        ...(chainPem && { x5c: derOf(chainPem) }),
      })
      .setAudience(tokenEndpoint)
      .setIssuer(clientId)
      .setSubject(clientId)
      .setJti(randomUUID())
      .setIssuedAt(seconds)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + VALID_SECONDS)
      .sign(await importPKCS8(privateKeyPem, "PS256"));
  } catch {
    // MSAL passes on its own kind of error only; what the library says of a key is nobody's business.
    throw new ClientAuthError("unusable_key", "");
  }
};

const VALID_SECONDS = 600;

const derOf = (chainPem: string): string[] =>
  [...chainPem.matchAll(CERTIFICATE)].map(([, body = ""]) => body.replaceAll(/\s/g, ""));

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;
