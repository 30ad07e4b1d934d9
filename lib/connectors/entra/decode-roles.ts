import { z } from "zod";

/** The application permissions in an access token's `roles`; null when the token cannot be read. The signature is the service's to check. */
export const decodeRoles = (token: string): readonly string[] | null => {
  const [, payload] = token.split(".");
  if (payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const parsed = claimsSchema.safeParse(claims);
    return parsed.success ? parsed.data.roles : null;
  } catch {
    return null; // Tokens are opaque by contract; some resources encrypt theirs.
  }
};

// Without any consent the claim is left out.
const claimsSchema = z.object({ roles: z.array(z.string()).default([]) });
