import "server-only";

import { randomUUID } from "node:crypto";

import { z } from "zod";

import type { ApplicationCredential } from "@/lib/connectors/entra/credential";
import { readCertificate } from "@/lib/connectors/entra/read-certificate";
import { seal, unseal } from "@/lib/crypto/secret-box";
import type { Tx } from "@/lib/db/client";
import { AppError } from "@/lib/domain/errors";

export type GivenCredential = { clientSecret?: string | undefined; certificate?: string | undefined };
export type ReadCredential = { credential: ApplicationCredential; expiresAt: Date | null };

/** What a person entered as a credential, or null when they entered none. Throws `invalid_input` for a certificate that cannot work. */
export const readCredential = (
  { clientSecret, certificate }: GivenCredential,
  now: Date,
): ReadCredential | null => {
  if (clientSecret !== undefined)
    return { credential: { kind: "secret", secret: clientSecret }, expiresAt: null };
  if (certificate === undefined) return null;
  try {
    const { credential, expiresAt } = readCertificate(certificate, now);
    return { credential, expiresAt };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("invalid_input", error.message, {
      fields: [{ pointer: "/certificate", detail: error.message }],
    });
  }
};

type Owner = { connectorId: string; teamId: string; userId: string; now: Date };

/** Makes a credential the active one of a connector; the one before is retired and its secret forgotten. */
export const storeCredential = async (
  tx: Tx,
  { credential, expiresAt }: ReadCredential,
  { connectorId, teamId, userId, now }: Owner,
): Promise<void> => {
  await retireCredentials(tx, { connectorId, teamId, now });
  const id = randomUUID();
  await tx.credential.create({
    data: {
      id,
      connectorId,
      teamId,
      kind: credential.kind,
      sealed: seal(JSON.stringify(credential), boundTo(id)),
      expiresAt,
      createdAt: now,
      createdBy: userId,
    },
    select: { id: true },
  });
};

/** Retires every credential of a connector; nothing that could be opened stays. */
export const retireCredentials = async (
  tx: Tx,
  { connectorId, teamId, now }: Pick<Owner, "connectorId" | "teamId" | "now">,
): Promise<void> => {
  await tx.credential.updateMany({
    where: { connectorId, teamId, state: { not: "retired" } },
    data: { state: "retired", sealed: "", retiredAt: now },
  });
};

/** Opens a stored credential. Throws `invalid_input` when its key is gone or the row was altered. */
export const openCredential = ({ id, sealed }: { id: string; sealed: string }): ApplicationCredential =>
  storedSchema.parse(JSON.parse(unseal(sealed, boundTo(id))));

const boundTo = (id: string): string => `credential:${id}`;

const storedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("secret"), secret: z.string() }),
  z.object({
    kind: z.literal("certificate"),
    privateKeyPem: z.string(),
    thumbprintSha256: z.string(),
    chainPem: z.string().nullish().default(null),
  }),
]);
